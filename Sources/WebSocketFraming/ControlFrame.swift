/// Whole control frames of the server (RFC 6455 5.5).
package enum ControlFrame {
    /// The most payload bytes that a control frame may have.
    static let maximumPayloadBytes = 125

    /// A close frame without a reason text. Without a code, or with one that no frame may carry (1005, 1006, 1015…), its body is empty.
    package static func close(_ code: CloseCode?) -> [UInt8] {
        guard let code, code.isValidOnTheWire else { return [0x80 | Opcode.close.rawValue, 0] }
        return [0x80 | Opcode.close.rawValue, 2, UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
    }

    /// The answer to a ping with the same payload. A ping has at most 125 bytes; what is beyond is left out.
    package static func pong(_ payload: Span<UInt8>) -> [UInt8] {
        let count = min(payload.count, maximumPayloadBytes)
        return [UInt8](capacity: 2 + count) { output in
            output.append(0x80 | Opcode.pong.rawValue)
            output.append(UInt8(truncatingIfNeeded: count))
            for index in 0..<count {
                output.append(payload[index])
            }
        }
    }
}
