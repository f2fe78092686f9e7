import Testing
import WebSocketFraming

@Suite("Server frames")
struct FrameHeaderTests {
    static let headers: [(Int, [UInt8])] = [
        (0, [0x81, 0]), (1, [0x81, 1]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (127, [0x81, 126, 0, 127]),
        (256, [0x81, 126, 1, 0]),
        (65535, [0x81, 126, 0xFF, 0xFF]), (65536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        (0x0102_0304_0506_0708, [0x81, 127, 1, 2, 3, 4, 5, 6, 7, 8]), (.max, [0x81, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    ]

    @Test("the header takes the shortest form", arguments: headers)
    func header(payloadByteCount: Int, expected: [UInt8]) {
        #expect(FrameHeader.byteCount(payloadByteCount: payloadByteCount) == expected.count)
        var bytes: [UInt8] = [7]
        FrameHeader.append(opcode: .text, payloadByteCount: payloadByteCount, to: &bytes)
        #expect(bytes == [7] + expected)
        #expect(written(.text, payloadByteCount) == expected)
    }

    static let firstBytes: [(Opcode, UInt8)] = [(.text, 0x81), (.binary, 0x82), (.close, 0x88), (.ping, 0x89), (.pong, 0x8A)]

    @Test("the first byte is FIN and the opcode", arguments: firstBytes)
    func opcode(opcode: Opcode, first: UInt8) {
        #expect(written(opcode, 5) == [first, 5])
    }

    @Test("the unmasked examples of RFC 6455 5.7")
    func goldenVectors() {
        #expect(ControlFrame.pong(Array("Hello".utf8).span) == [0x8A, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(written(.text, 5) == [0x81, 0x05])
        #expect(written(.binary, 256) == [0x82, 0x7E, 0x01, 0x00])
        #expect(written(.binary, 65536) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test("a pong has the ping's payload, at most 125 bytes of it", arguments: [0, 1, 125, 126, 300])
    func pong(count: Int) {
        let payload = (0..<count).map { UInt8($0 & 0xFF) }
        let length = min(count, 125)
        #expect(ControlFrame.pong(payload.span) == [0x8A, UInt8(length)] + payload.prefix(length))
    }

    private func written(_ opcode: Opcode, _ payloadByteCount: Int) -> [UInt8] {
        var copy: [UInt8] = []
        var memory = [UInt8](repeating: 0xEE, count: FrameHeader.byteCount(payloadByteCount: payloadByteCount))
        memory.withUnsafeMutableBytes { raw in
            var output = OutputRawSpan(buffer: raw, initializedCount: 0)
            FrameHeader.write(opcode: opcode, payloadByteCount: payloadByteCount, into: &output)
            let bytes = output.bytes
            for offset in 0..<bytes.byteCount {
                copy.append(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            }
        }
        return copy
    }
}
