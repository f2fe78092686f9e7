/// Host and port as they stand in a `Host` header or in an origin: `example.org`, `127.0.0.1:8000`, `[::1]:8000`.
struct Authority: Equatable, Sendable {
    /// Lower case; an IPv6 address keeps its brackets.
    let host: String
    let port: Int?

    /// - Returns: nil for what is no host, optionally followed by a port.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 300 else { return nil }
        let hostEnd: Int
        if bytes[0] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        }
        guard hostEnd > 0, bytes[..<hostEnd].allSatisfy(Self.isHostByte) else { return nil }
        self.host = String(decoding: bytes[..<hostEnd], as: UTF8.self).lowercased()
        if hostEnd == bytes.count {
            self.port = nil
        } else {
            let digits = bytes[(hostEnd + 1)...]
            guard bytes[hostEnd] == UInt8(ascii: ":"), (1...5).contains(digits.count),
                digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let port = Int(String(decoding: digits, as: UTF8.self)), port <= 65_535
            else { return nil }
            self.port = port
        }
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
