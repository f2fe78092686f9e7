import WireBytes

/// Which `Host` headers a server answers that is open and on one's own machine (contract 6): only loopback names, so that a web page whose
/// name was rebound to 127.0.0.1 cannot use it.
package enum HostRule {
    /// Whether a host, with or without a port, is `localhost`, `*.localhost`, in 127.0.0.0/8 or `[::1]`; any case, any port.
    package static func isLoopback(authority: String) -> Bool {
        let bytes = authority.utf8.span
        guard let (hostEnd, _) = Authority.split(bytes) else { return false }
        let host = bytes.extracting(0..<hostEnd)
        let tail = ".localhost".utf8.count
        return ASCII.equalsIgnoringCase(host, "localhost") || ASCII.equals(host, "[::1]")
            || (host.count >= tail && ASCII.equalsIgnoringCase(host.extracting(droppingFirst: host.count - tail), ".localhost"))
            || Self.isLoopbackIPv4(host)
    }

    /// Whether an address to listen on can be reached from this machine only.
    package static func isLoopback(listenAddress: String) -> Bool {
        if listenAddress == "::1" { return true }
        return !listenAddress.contains(":") && Self.isLoopback(authority: listenAddress)
    }

    private static func isLoopbackIPv4(_ host: Span<UInt8>) -> Bool {
        guard host.count > 4, ASCII.equals(host.extracting(0..<4), "127.") else { return false }
        var parts = 0
        var start = 4
        for index in 4...host.count where index == host.count || host[index] == UInt8(ascii: ".") {
            guard index > start, index - start <= 3, let part = ASCII.parseDecimal(host.extracting(start..<index)), part <= 255 else {
                return false
            }
            parts += 1
            start = index + 1
        }
        return parts == 3
    }
}
