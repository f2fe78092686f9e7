/// A web origin as browsers send it in `Origin`: scheme, host and port, nothing else (RFC 6454 section 7).
package struct Origin: Equatable, Sendable {
    let scheme: String
    let authority: Authority

    /// - Returns: nil for `null`, an empty text, one with a path or a trailing slash, several origins.
    package init?(parsing text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard !scheme.isEmpty, scheme.utf8.allSatisfy(Self.isSchemeByte),
            let authority = Authority(parsing: String(text[separator.upperBound...]))
        else { return nil }
        self.scheme = scheme
        self.authority = authority
    }

    /// The port that counts: the one that is written, or the scheme's own.
    private var port: Int? {
        self.authority.port ?? Self.defaultPort(of: self.scheme)
    }

    package static func == (left: Origin, right: Origin) -> Bool {
        left.scheme == right.scheme && left.authority.host == right.authority.host && left.port == right.port
    }

    /// Whether host and port are those that the request was sent to (contract 6: same-origin).
    package func matches(host: String) -> Bool {
        guard let host = Authority(parsing: host) else { return false }
        return host.host == self.authority.host && (host.port ?? Self.defaultPort(of: self.scheme)) == self.port
    }

    package var isLoopback: Bool {
        HostRule.isLoopback(authority: self.authority.host)
    }

    private static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "http", "ws": 80
        case "https", "wss": 443
        default: nil
        }
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}
