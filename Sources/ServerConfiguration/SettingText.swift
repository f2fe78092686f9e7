/// What one source says about one setting.
package struct SettingText: Equatable, Sendable {
    /// One, but for lists.
    package var values: [String]
    package var origin: SettingOrigin

    package init(_ values: [String], _ origin: SettingOrigin) {
        self.values = values
        self.origin = origin
    }
}
