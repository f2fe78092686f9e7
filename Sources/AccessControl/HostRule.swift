/// Which `Host` headers a server answers that is open and on one's own machine (contract 6): only loopback names, so that a web page whose
/// name was rebound to 127.0.0.1 cannot use it.
package enum HostRule {
    /// Whether a host, with or without a port, is `localhost`, `*.localhost`, in 127.0.0.0/8 or `[::1]`; any case, any port.
    package static func isLoopback(authority: String) -> Bool {
        guard let host = Authority(parsing: authority)?.host else { return false }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        return Self.isLoopbackIPv4(host)
    }

    /// Whether an address to listen on can be reached from this machine only.
    package static func isLoopback(listenAddress: String) -> Bool {
        if listenAddress == "::1" { return true }
        return !listenAddress.contains(":") && Self.isLoopback(authority: listenAddress)
    }

    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, String(parts[0]) == "127" else { return false }
        return parts.dropFirst().allSatisfy { part in
            (1...3).contains(part.count) && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                && (Int(String(part) ?? "") ?? 256) <= 255
        }
    }
}
