import WireBytes

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
        if let apiKey { accepted = self.holds(apiKey.utf8.span) }
        if let authorization {
            let header = authorization.utf8.span
            if let start = Self.bearerStart(header) { accepted = self.holds(header.extracting(droppingFirst: start)) || accepted }
        }
        return accepted
    }

    private func holds(_ presented: Span<UInt8>) -> Bool {
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

    private static func bearerStart(_ header: Span<UInt8>) -> Int? {
        var start = 7
        guard header.count > start, ASCII.equalsIgnoringCase(header.extracting(0..<start), "bearer ") else { return nil }
        while start < header.count, header[start] == 0x20 { start += 1 }
        return start
    }
}
