import WireBytes

/// Where Redis is and as whom one comes: `redis://user:password@host:port/database`, `rediss://` for TLS.
package struct RedisURL: Equatable, Sendable {
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// Nil: the user `default`.
    package let user: String?
    package let password: String?
    package let database: Int

    /// - Throws: what is wrong, in words; never with the password in them.
    package init(_ text: String) throws(RedisURLFault) {
        guard let scheme = ["redis://", "rediss://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw RedisURLFault("expected redis://… or rediss://…")
        }
        self.isSecure = scheme == "rediss://"
        var rest = text.dropFirst(scheme.count)
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw RedisURLFault("parameters behind ? or # are not known") }
        if let slash = rest.firstIndex(of: "/") {
            let path = rest[slash...].dropFirst()
            guard let database = path.isEmpty ? 0 : Int(path), (0...1_000_000).contains(database), path.allSatisfy(\.isNumber) else {
                throw RedisURLFault("the path is the number of a database, such as /0")
            }
            self.database = database
            rest = rest[..<slash]
        } else {
            self.database = 0
        }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw RedisURLFault("a user needs a password: user:password@, or :password@ without one") }
            self.user = try Self.decoded(parts[0])
            self.password = try Self.decoded(parts[1])
            guard self.user == nil || self.password != nil else { throw RedisURLFault("a user needs a password") }
            rest = rest[at...].dropFirst()
        } else {
            self.user = nil
            self.password = nil
        }
        (self.host, self.port) = try Self.endpoint(rest)
    }

    /// Without the password, for the log.
    package var shown: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.isSecure ? "rediss" : "redis")://\(name):\(self.port)/\(self.database)"
    }

    private static func endpoint(_ text: Substring) throws(RedisURLFault) -> (String, Int) {
        var host = text
        var port: Substring?
        if text.first == "[", let end = text.firstIndex(of: "]") {
            host = text[..<end].dropFirst()
            let behind = text[end...].dropFirst()
            guard behind.isEmpty || behind.first == ":" else { throw RedisURLFault("expected a port behind ]") }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...].dropFirst()
        }
        guard !host.contains("[") else { throw RedisURLFault("expected ] behind an address in [") }
        guard !host.isEmpty else { throw RedisURLFault("the host is missing") }
        guard let port else { return (String(host), 6379) }
        guard let number = Int(port), (1...65_535).contains(number) else { throw RedisURLFault("the port is a number from 1 to 65535") }
        return (String(host), number)
    }

    /// - Returns: nil for an empty part.
    private static func decoded(_ part: Substring) throws(RedisURLFault) -> String? {
        guard !part.isEmpty else { return nil }
        let bytes = Array(part.utf8)
        guard let plain = PercentDecoding.decode(0..<bytes.count, of: bytes.span) else {
            throw RedisURLFault("user or password has a bad percent escape")
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

/// What is wrong with a text that should be a `RedisURL`.
package struct RedisURLFault: Error, Equatable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}
