import WireBytes

/// The keys of a server, several at once so that they can be changed one after the other. None: the server is open.
package struct AccessKeys: Sendable {
    /// What a request has shown.
    enum Presented {
        case none
        case unknown
        case known(AccessKey)

        /// As it stands in the log.
        var name: String {
            switch self {
            case .none: "none"
            case .unknown: "unknown"
            case .known(let key): key.name
            }
        }
    }

    private let keys: [AccessKey]

    package init(_ keys: [AccessKey]) {
        self.keys = keys
    }

    package var isEmpty: Bool {
        self.keys.isEmpty
    }

    /// Names of keys with a secret that is short; worth a warning.
    package var shortNames: [String] {
        self.keys.filter(\.isShort).map(\.name)
    }

    /// The names of two keys with the same secret, if there are any: which of the two one would be could only be guessed.
    package var equalPair: (String, String)? {
        for (index, key) in self.keys.enumerated() {
            if let other = self.keys[..<index].first(where: { $0.hasSecret(of: key) }) { return (other.name, key.name) }
        }
        return nil
    }

    /// The key in a request. One that is known makes up for an unknown one in the other header; of two that are known the one in
    /// `Authorization` counts.
    /// - Parameters:
    ///   - authorization: the `Authorization` header, of which `Bearer <key>` counts (RFC 6750; the scheme in any case).
    ///   - apiKey: the `X-API-Key` header.
    func find(authorization: String?, apiKey: String?) -> Presented {
        var isPresented = false
        var found: Int?
        if let authorization {
            let header = authorization.utf8.span
            if let start = Self.bearerStart(header) {
                isPresented = true
                found = self.index(of: header.extracting(droppingFirst: start))
            }
        }
        if let apiKey {
            isPresented = true
            let other = self.index(of: apiKey.utf8.span)
            found = found ?? other
        }
        if let found { return .known(self.keys[found]) }
        return isPresented ? .unknown : .none
    }

    /// Compares with all of them, also behind the one that is found.
    private func index(of presented: Span<UInt8>) -> Int? {
        var found: Int?
        for index in self.keys.indices where self.keys[index].isSecret(presented) {
            found = found ?? index
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
