/// Where keys, token secrets and rules came from, for `config show`; the values stay in the settings.
package struct SecretOrigins: Equatable, Sendable {
    private let hasPublishKeyVariable: Bool
    private let hasTokenSecretVariable: Bool
    private let path: String
    private let lines: [String: Int]

    init(hasPublishKeyVariable: Bool, hasTokenSecretVariable: Bool, file: SettingsFile?) {
        self.hasPublishKeyVariable = hasPublishKeyVariable
        self.hasTokenSecretVariable = hasTokenSecretVariable
        self.path = file?.path ?? SettingsSources.standardFile
        self.lines = file?.lines ?? [:]
    }

    /// - Parameter isFirst: the key from the environment stands before those of the file.
    func key(isFirst: Bool) -> SettingOrigin {
        isFirst && self.hasPublishKeyVariable ? .variable("FANFARE_PUBLISH_KEY") : self.section("keys")
    }

    var tokenSecret: SettingOrigin { .variable("FANFARE_TOKEN_SECRET") }

    func section(_ name: String) -> SettingOrigin { .file(self.path, line: self.lines[name] ?? 1) }
}
