import WireBytes

/// Host and port as they stand in a `Host` header or in an origin: `example.org`, `127.0.0.1:8000`, `[::1]:8000`.
struct Authority: Equatable, Sendable {
    /// Lower case; an IPv6 address keeps its brackets.
    let host: String
    let port: Int?

    /// - Returns: nil for what is no host, optionally followed by a port.
    init?(parsing text: String) {
        guard let (hostEnd, port) = Self.split(text.utf8.span) else { return nil }
        self.host = String(decoding: text.utf8.prefix(hostEnd), as: UTF8.self).lowercased()
        self.port = port
    }

    /// Where the host ends, and the port behind it. Of every request's `Host`: allocates nothing.
    static func split(_ bytes: Span<UInt8>) -> (hostEnd: Int, port: Int?)? {
        guard !bytes.isEmpty, bytes.count <= 300 else { return nil }
        let isBracketed = bytes[0] == UInt8(ascii: "[")
        let terminator = UInt8(ascii: isBracketed ? "]" : ":")
        var hostEnd = 0
        while hostEnd < bytes.count, bytes[hostEnd] != terminator {
            guard self.isHostByte(bytes[hostEnd]) else { return nil }
            hostEnd += 1
        }
        if isBracketed {
            guard hostEnd < bytes.count else { return nil }
            hostEnd += 1
        }
        guard hostEnd > 0 else { return nil }
        if hostEnd == bytes.count { return (hostEnd, nil) }
        guard bytes[hostEnd] == UInt8(ascii: ":"), (1...5).contains(bytes.count - hostEnd - 1),
            let port = ASCII.parseDecimal(bytes.extracting(droppingFirst: hostEnd + 1)), port <= 65_535
        else { return nil }
        return (hostEnd, port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default:
            false
        }
    }
}
