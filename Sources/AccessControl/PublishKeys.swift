/// The keys that may publish. A presented key is compared with each in time that does not depend on where they differ.
package struct PublishKeys: Sendable {
    private let keys: [[UInt8]]

    /// - Parameter keys: the secrets; none means that the server is open.
    package init(_ keys: [String]) {
        self.keys = keys.map { Array($0.utf8) }
    }

    package var isEmpty: Bool {
        self.keys.isEmpty
    }

    /// - Parameters:
    ///   - authorization: the `Authorization` header, of which `Bearer <key>` counts (RFC 6750; the scheme in any case).
    ///   - apiKey: the `X-API-Key` header.
    package func accepts(authorization: String?, apiKey: String?) -> Bool {
        var accepted = false
        if let apiKey { accepted = self.holds(Array(apiKey.utf8)) }
        if let authorization, let key = Self.bearer(authorization) { accepted = self.holds(key) || accepted }
        return accepted
    }

    private func holds(_ presented: [UInt8]) -> Bool {
        var found = false
        for key in self.keys {
            var difference = UInt(bitPattern: key.count ^ presented.count)
            for index in presented.indices {
                difference |= UInt(presented[index] ^ (key.isEmpty ? 0xFF : key[index % key.count]))
            }
            found = (difference == 0 && !key.isEmpty) || found
        }
        return found
    }

    private static func bearer(_ header: String) -> [UInt8]? {
        let bytes = Array(header.utf8)
        let scheme = Array("bearer ".utf8)
        guard bytes.count > scheme.count, zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { return nil }
        return Array(bytes[scheme.count...].drop { $0 == 0x20 })
    }
}
