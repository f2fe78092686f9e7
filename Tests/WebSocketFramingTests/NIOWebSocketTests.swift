import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing
import WebSocketFraming

@Suite("Against NIOWebSocket")
struct NIOWebSocketTests {
    static let lengths = [0, 1, 2, 7, 8, 9, 124, 125, 126, 127, 128, 1000, 65534, 65535, 65536, 65537, 300_000]

    @Test("its encoder's masked frames are read", arguments: lengths)
    func reads(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let channel = EmbeddedChannel(handler: WebSocketFrameEncoder())
        var bytes: [UInt8] = []
        var expected: [Received] = []
        for round in 0..<6 {
            let isText = round % 2 == 0
            let payload = isText ? [UInt8](repeating: 0x7A, count: count) : generator.bytes(count)
            let key = try #require(WebSocketMaskingKey(generator.bytes(4)))
            try channel.writeOutbound(
                WebSocketFrame(fin: true, opcode: isText ? .text : .binary, maskKey: key, data: ByteBuffer(bytes: payload))
            )
            expected.append(isText ? .text(payload) : .binary(payload))
            let ping = generator.bytes(min(count, 125))
            try channel.writeOutbound(WebSocketFrame(fin: true, opcode: .ping, maskKey: key, data: ByteBuffer(bytes: ping)))
            expected.append(.ping(ping))
        }
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            bytes += part.readableBytesView
        }
        #expect(Receiver.trace([bytes]) == expected)
        for longest in [7, 1000, 50_000] {
            #expect(Receiver.trace(generator.pieces(of: bytes, longest: longest)) == expected)
        }
        _ = try channel.finish()
    }

    @Test("its decoder reads our frames", arguments: lengths)
    func isRead(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
        var bytes: [UInt8] = []
        var expected: [(WebSocketOpcode, [UInt8])] = []
        for (opcode, theirs) in [(Opcode.text, WebSocketOpcode.text), (.binary, .binary)] {
            let payload = generator.bytes(count)
            FrameHeader.append(opcode: opcode, payloadByteCount: count, to: &bytes)
            bytes += payload
            expected.append((theirs, payload))
        }
        let ping = generator.bytes(min(count, 125))
        bytes += ControlFrame.pong(ping.span)
        expected.append((.pong, ping))
        bytes += ControlFrame.close(.goingAway)
        expected.append((.connectionClose, [0x03, 0xE9]))

        for piece in generator.pieces(of: bytes, longest: max(3, count)) {
            try channel.writeInbound(ByteBuffer(bytes: piece))
        }
        for (opcode, payload) in expected {
            let frame = try #require(try channel.readInbound(as: WebSocketFrame.self))
            #expect(frame.fin)
            #expect(frame.opcode == opcode)
            #expect(frame.maskKey == nil)
            #expect(Array(frame.data.readableBytesView) == payload)
        }
        #expect(try channel.readInbound(as: WebSocketFrame.self) == nil)
        _ = try channel.finish()
    }
}
