/// One setting in force, for people: a secret is masked.
package struct SettingRow: Sendable, Equatable {
    package let name: String
    package let value: String
    /// Flag, variable, file or default.
    package let source: String

    package init(name: String, value: String, source: String) {
        self.name = name
        self.value = value
        self.source = source
    }
}
