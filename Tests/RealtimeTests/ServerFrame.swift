/// Frames as a server sends them: whole and not masked.
enum ServerFrame {
    static func text(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        switch payload.count {
        case ...125: return [0x81, UInt8(payload.count)] + payload
        case ...0xFFFF: return [0x81, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default: return [0x81, 127] + stride(from: 56, through: 0, by: -8).map { UInt8(payload.count >> $0 & 0xFF) } + payload
        }
    }

    /// One line a frame: the text itself, `close 1008`, `close`, `pong …`, `binary …` with the numbers of its bytes. What is no such frame
    /// becomes one last line `malformed`.
    static func describe(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let first = rest.popFirst() {
            guard let payload = Self.takePayload(&rest) else { return lines + ["malformed"] }
            switch first {
            case 0x81: lines.append(String(decoding: payload, as: UTF8.self))
            case 0x82: lines.append("binary \(payload)")
            case 0x88: lines.append(payload.count < 2 ? "close" : "close \(Int(payload[0]) << 8 | Int(payload[1]))")
            case 0x8A: lines.append("pong \(String(decoding: payload, as: UTF8.self))")
            default: return lines + ["malformed"]
            }
        }
        return lines
    }

    private static func takePayload(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let length = rest.popFirst(), length < 128 else { return nil }
        let lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0
        guard rest.count >= lengthBytes else { return nil }
        let count = lengthBytes == 0 ? Int(length) : rest.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(lengthBytes)
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
