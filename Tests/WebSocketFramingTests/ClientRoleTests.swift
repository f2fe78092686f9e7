import TestSupport
import Testing
import WebSocketFraming

@Suite("In a client's role")
struct ClientRoleTests {
    private let limits = MessageLimits(maximumMessageBytes: 200_000, maximumFragments: 8)

    private func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var frame: [UInt8] = []
        FrameHeader.append(opcode: opcode, payloadByteCount: payload.count, to: &frame)
        if !isFinal { frame[0] &= 0x7F }
        return frame + payload
    }

    @Test("frames without a mask are read, however they are cut", arguments: 0..<20 as Range<UInt64>)
    func unmasked(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        var expected: [Received] = []
        for count in [0, 1, 125, 126, 127, 5_000, 70_000, 3] {
            let payload = generator.bytes(count)
            let cut = Int.random(in: 0...count, using: &generator)
            bytes += frame(.binary, Array(payload[..<cut]), isFinal: false) + frame(.ping, [1, 2])
            bytes += frame(.continuation, Array(payload[cut...]))
            expected += [.ping([1, 2]), .binary(payload)]
            let text = generator.text(characters: min(count, 300))
            bytes += frame(.text, text)
            expected.append(.text(text))
        }
        bytes += frame(.close, [0x03, 0xE8])
        expected.append(.close(.normal))
        #expect(Receiver.trace([bytes], limits: limits, role: .client) == expected)
        for longest in [1, 3, 17, 1_000] {
            #expect(Receiver.trace(generator.pieces(of: bytes, longest: longest), limits: limits, role: .client) == expected)
        }
    }

    @Test("a masked frame is a violation")
    func masked() {
        #expect(Receiver.trace([ClientFrame(.text, [0x61]).bytes], role: .client) == [.failure(.protocolError)])
    }

    @Test("the server's role refuses the other kind")
    func server() {
        #expect(Receiver.trace([frame(.text, [0x61])]) == [.failure(.protocolError)])
    }

    @Test("a length over the limit is refused at its header")
    func tooBig() {
        #expect(Receiver.trace([[0x82, 0x7F, 0, 0, 0, 0, 0, 3, 0x0D, 0x41]], limits: limits, role: .client) == [.failure(.messageTooBig)])
    }

    @Test("storage of usual messages is kept, of large ones let go")
    func storage() {
        let receiver = Receiver(limits: limits, role: .client)
        receiver.read(frame(.text, [UInt8](repeating: 0x61, count: 3_000)))
        #expect(receiver.storageCapacity >= 3_000)
        receiver.read(frame(.text, [UInt8](repeating: 0x61, count: 100_000)))
        #expect(receiver.storageCapacity <= 4_096)
    }
}
