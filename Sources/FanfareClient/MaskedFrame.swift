import NIOCore
import WebSocketFraming

/// A client's own frames: FIN set, masked with a new random key each (RFC 6455 5.3).
enum MaskedFrame {
    /// One whole frame.
    static func make(_ opcode: Opcode, _ payload: Span<UInt8>) -> ByteBuffer {
        let key = UInt32.random(in: .min ... .max)
        var head: [UInt8] = []
        FrameHeader.append(opcode: opcode, payloadByteCount: payload.count, to: &head)
        head[1] |= 0x80
        var frame = ByteBuffer()
        frame.reserveCapacity(head.count + 4 + payload.count)
        frame.writeBytes(head)
        frame.writeInteger(key)
        for index in payload.indices {
            frame.writeInteger(payload[index] ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index & 3))))
        }
        return frame
    }
}
