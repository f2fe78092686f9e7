import AccessControl

/// One publish key as it was configured (contract 6 and 8).
package struct KeySettings: Equatable, Sendable {
    package var name: String
    package var secret: String
    /// Of `publish`, `read`, `admin`.
    package var may: [String]
    /// Patterns of channels to which it may publish; empty: all.
    package var channels: [String]

    package init(name: String, secret: String, may: [String] = ["publish", "read", "admin"], channels: [String] = []) {
        self.name = name
        self.secret = secret
        self.may = may
        self.channels = channels
    }

    /// What it opens; whatever is wrong with it has been said before.
    var accessKey: AccessKey {
        AccessKey(
            name: self.name, secret: self.secret, may: self.may.compactMap(Permission.init(rawValue:)),
            channels: self.channels.compactMap { try? ChannelPattern(compiling: Array($0.utf8).span) })
    }
}
