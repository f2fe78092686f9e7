import Testing
import WebSocketFraming

@Suite("Frames that break a rule")
struct FrameRuleTests {
    /// What RFC 6455 5.2, 5.4 and 5.5 say to an empty, masked frame.
    private func expected(opcode: UInt8, isFinal: Bool, reserved: UInt8, insideMessage: Bool) -> [Received] {
        guard reserved == 0, let known = Opcode(rawValue: opcode) else { return [.failure(.protocolError)] }
        switch known {
        case .continuation:
            guard insideMessage else { return [.failure(.protocolError)] }
            return isFinal ? [.text([])] : []
        case .text, .binary:
            guard !insideMessage else { return [.failure(.protocolError)] }
            return isFinal ? [known == .text ? .text([]) : .binary([])] : []
        case .close: return isFinal ? [.close(nil)] : [.failure(.protocolError)]
        case .ping: return isFinal ? [.ping([])] : [.failure(.protocolError)]
        case .pong: return isFinal ? [.pong([])] : [.failure(.protocolError)]
        }
    }

    @Test("every opcode with every FIN and RSV, outside and inside a message", arguments: 0...15 as ClosedRange<UInt8>)
    func firstByte(opcode: UInt8) {
        for reserved in 0...7 as ClosedRange<UInt8> {
            for isFinal in [true, false] {
                for insideMessage in [true, false] {
                    var frame = ClientFrame(rawOpcode: opcode, isFinal: isFinal)
                    frame.reserved = reserved
                    let receiver = Receiver()
                    if insideMessage { receiver.read(ClientFrame(.text, isFinal: false).bytes) }
                    receiver.read(frame.bytes)
                    let expected = expected(opcode: opcode, isFinal: isFinal, reserved: reserved, insideMessage: insideMessage)
                    #expect(receiver.received == expected, "\(opcode) \(isFinal) \(reserved) \(insideMessage)")
                    if case .failure = expected.first {
                        #expect(receiver.bytesUntilEvent == (insideMessage ? 6 : 0) + 1)
                    }
                }
            }
        }
    }

    @Test("an unmasked frame is refused at its second byte", arguments: [Opcode.text, .binary, .close, .ping, .pong])
    func unmasked(opcode: Opcode) {
        var frame = ClientFrame(opcode, [1, 2])
        frame.key = nil
        let receiver = Receiver()
        receiver.read(frame.bytes)
        #expect(receiver.received == [.failure(.protocolError)])
        #expect(receiver.bytesUntilEvent == 2)
    }

    @Test(
        "a length in a longer form than it needs is refused",
        arguments: [
            (0, ClientFrame.LengthForm.bits16), (5, .bits16), (125, .bits16), (0, .bits64), (125, .bits64), (126, .bits64), (200, .bits64),
            (65535, .bits64),
        ])
    func overlongLength(count: Int, form: ClientFrame.LengthForm) {
        var frame = ClientFrame(.binary, [UInt8](repeating: 0, count: count))
        frame.lengthForm = form
        #expect(Receiver.trace(frame) == [.failure(.protocolError)])
    }

    @Test("a 64-bit length with its top bit set is refused", arguments: [1 << 63, UInt64.max])
    func negativeLength(length: UInt64) {
        var frame = ClientFrame(.binary)
        frame.lengthForm = .bits64
        frame.claimedLength = length
        #expect(Receiver.trace(frame) == [.failure(.protocolError)])
    }

    @Test("a control frame of 125 bytes passes, a longer one is refused at its second byte", arguments: [Opcode.ping, .pong, .close])
    func controlLength(opcode: Opcode) {
        let longest: [UInt8] = [0x03, 0xE8] + [UInt8](repeating: UInt8(ascii: "r"), count: 123)
        let accepted: Received = opcode == .ping ? .ping(longest) : opcode == .pong ? .pong(longest) : .close(.normal)
        #expect(Receiver.trace(ClientFrame(opcode, longest)) == [accepted])
        for count in [126, 65536] {
            let receiver = Receiver()
            receiver.read(ClientFrame(opcode, [UInt8](repeating: 0, count: count)).bytes)
            #expect(receiver.received == [.failure(.protocolError)])
            #expect(receiver.bytesUntilEvent == 2)
        }
    }

    @Test("after a failure nothing more is read")
    func nothingAfterFailure() {
        let receiver = Receiver()
        receiver.read([0x83] + ClientFrame(.text, [0x61]).bytes)
        receiver.read(ClientFrame(.ping).bytes)
        #expect(receiver.received == [.failure(.protocolError)])
        #expect(!receiver.isInsideMessage)
    }
}
