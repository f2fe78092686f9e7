import NIOCore
package import TransportSecurity
import WireBytes

/// Where a server is: `http://host:port` or `https://host:port`, and nothing behind it but a slash.
package struct ServerURL: Equatable, Sendable {
    private static let allowedInHost = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._".utf8)
    private static let allowedInIPv6 = Set("0123456789abcdefABCDEF:.".utf8)

    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    package let isSecure: Bool
    /// Whom to trust where it is secure.
    package var tls: ClientTLS?

    /// A server given by the address that it listens on. The addresses that mean "all of this machine's" become loopback.
    package init(listenHost: String, port: Int) {
        self.host =
            switch listenHost {
            case "0.0.0.0": "127.0.0.1"
            case "::", "[::]": "::1"
            case _ where listenHost.hasPrefix("[") && listenHost.hasSuffix("]"): String(listenHost.dropFirst().dropLast())
            default: listenHost
            }
        self.port = port
        self.isSecure = false
    }

    /// Reads what a person wrote.
    package init(_ text: String) throws(ServerURLFault) {
        let lowercased = text.lowercased()
        guard lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://") else { throw .scheme }
        self.isSecure = lowercased.hasPrefix("https")
        var rest = text.utf8.dropFirst(self.isSecure ? 8 : 7)
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        guard !rest.contains(UInt8(ascii: "@")) else { throw .user }
        guard !rest.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else { throw .path }

        let host: Substring.UTF8View
        let behind: Substring.UTF8View
        if rest.first == UInt8(ascii: "[") {
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
            host = rest[rest.index(after: rest.startIndex)..<close]
            behind = rest[rest.index(after: close)...]
            guard host.contains(UInt8(ascii: ":")), host.allSatisfy(Self.allowedInIPv6.contains) else { throw .host }
        } else {
            host = rest.prefix { $0 != UInt8(ascii: ":") }
            behind = rest[host.endIndex...]
            // Nothing else can get into a request's head by this way.
            guard (1...253).contains(host.count), host.allSatisfy(Self.allowedInHost.contains) else { throw .host }
        }
        self.host = String(decoding: host, as: UTF8.self)
        guard let colon = behind.first else {
            self.port = self.isSecure ? 443 : 80
            return
        }
        let digits = Array(behind.dropFirst())
        guard colon == UInt8(ascii: ":"), digits.count <= 5, let port = ASCII.parseDecimal(digits.span), (1...65_535).contains(port) else {
            throw .port
        }
        self.port = port
    }

    /// The value of a `Host` header.
    package var authority: String { "\(self.host.contains(":") ? "[\(self.host)]" : self.host):\(self.port)" }

    /// The whole URL, for messages.
    package var text: String { "\(self.isSecure ? "https" : "http")://\(self.authority)" }

    /// Puts TLS into the pipeline of a channel to this server, if it speaks TLS. Called on the channel's loop, before any other handler.
    func secure(_ channel: any Channel) throws {
        if self.isSecure { try (self.tls ?? ClientTLS(rootsPath: nil)).configure(channel, host: self.host) }
    }

    package static func == (left: ServerURL, right: ServerURL) -> Bool { left.text == right.text }
}
