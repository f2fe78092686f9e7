package import NIOCore

/// The proxies whose `X-Forwarded-*` headers are believed (contract 6). Only what a listed proxy wrote itself counts, which is the last of a
/// list: everything before may be its client's invention.
package struct ProxyList: Equatable, Sendable {
    private let blocks: [AddressBlock]

    package init(_ blocks: [AddressBlock] = []) {
        self.blocks = blocks
    }

    package var isEmpty: Bool { self.blocks.isEmpty }

    package func contains(_ address: SocketAddress?) -> Bool {
        guard !self.blocks.isEmpty, let text = address?.ipAddress, let bytes = AddressBlock.bytes(of: text) else { return false }
        return self.contains(bytes)
    }

    /// The client behind a chain of listed proxies: the last address of `X-Forwarded-For` that is none of theirs. Where one of them has
    /// written no address, the proxy that it came from.
    /// - Parameter forwardedFor: the header's value, lines joined by commas.
    package func client(behind peer: SocketAddress, forwardedFor: String) -> String? {
        guard self.contains(peer) else { return peer.ipAddress }
        var client = peer.ipAddress
        for element in forwardedFor.split(separator: ",", omittingEmptySubsequences: false).reversed() {
            guard let text = Self.address(in: element), let bytes = AddressBlock.bytes(of: text) else { return client }
            client = text
            if !self.contains(bytes) { return client }
        }
        return client
    }

    /// The last name of `X-Forwarded-Host`.
    static func host(in forwardedHost: String) -> String? {
        let last = forwardedHost.split(separator: ",", omittingEmptySubsequences: false).last.map { Self.trimmed($0) } ?? ""
        return last.isEmpty ? nil : String(last)
    }

    private func contains(_ bytes: [UInt8]) -> Bool {
        self.blocks.contains { $0.contains(bytes) }
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:80` are written.
    private static func address(in element: Substring) -> String? {
        let text = Self.trimmed(element)
        if text.hasPrefix("[") {
            return text.firstIndex(of: "]").map { String(text[text.index(after: text.startIndex)..<$0]) }
        }
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else { return String(text) }
        return String(text[..<colon])
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
