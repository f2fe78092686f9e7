import TestSupport
import Testing
import WebSocketFraming

@Suite("Whole messages")
struct MessageReaderTests {
    private let hello = Array("Hello".utf8)

    @Test("the masked examples of RFC 6455 5.7")
    func goldenVectors() {
        #expect(Receiver.trace([[0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]]) == [.text(hello)])
        #expect(Receiver.trace([[0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]]) == [.pong(hello)])
    }

    @Test("a payload of any length class arrives whole", arguments: [0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 1_000_000])
    func lengths(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let payload = generator.bytes(count)
        #expect(Receiver.trace(ClientFrame(.binary, payload)) == [.binary(payload)])
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        #expect(Receiver.trace(ClientFrame(.text, text)) == [.text(text)])
    }

    @Test("a step ends with its message and leaves the next one alone")
    func oneEventAStep() {
        let first = ClientFrame(.text, hello).bytes
        let both = first + ClientFrame(.binary, [1, 2]).bytes
        var reader = MessageReader(limits: MessageLimits())
        let step = reader.read(both.span)
        #expect(step.event == .text)
        #expect(step.consumed == first.count)
        #expect(Array(reader.payload) == hello)
        let next = reader.read(both.span.extracting(droppingFirst: first.count))
        #expect(next.event == .binary)
        #expect(Array(reader.payload) == [1, 2])
    }

    @Test("fragments become one message")
    func fragments() {
        let frames = [
            ClientFrame(.text, Array("Hel".utf8), isFinal: false),
            ClientFrame(.continuation, [], isFinal: false),
            ClientFrame(.continuation, Array("lo".utf8)),
            ClientFrame(.binary, [1], isFinal: false),
            ClientFrame(.continuation, []),
        ]
        #expect(Receiver.trace([[UInt8](frames)]) == [.text(hello), .binary([1])])
    }

    @Test("control frames between fragments come at once and leave the message whole")
    func controlBetweenFragments() {
        let frames = [
            ClientFrame(.text, Array("He".utf8), isFinal: false),
            ClientFrame(.ping, [0xFF, 0]),
            ClientFrame(.pong),
            ClientFrame(.continuation, Array("ll".utf8), isFinal: false),
            ClientFrame(.ping, [UInt8](repeating: 9, count: 125)),
            ClientFrame(.continuation, Array("o".utf8)),
            ClientFrame(.ping),
        ]
        let expected: [Received] = [
            .ping([0xFF, 0]), .pong([]), .ping([UInt8](repeating: 9, count: 125)), .text(hello), .ping([]),
        ]
        #expect(Receiver.trace([[UInt8](frames)]) == expected)
        #expect(Receiver.trace([UInt8](frames).map { [$0] }) == expected)
    }

    @Test("a close frame between fragments ends the message unread")
    func closeBetweenFragments() {
        let receiver = Receiver()
        receiver.read([UInt8]([ClientFrame(.text, hello, isFinal: false), ClientFrame(.close, [0x03, 0xE8])]))
        #expect(receiver.received == [.close(.normal)])
        #expect(!receiver.isInsideMessage)
    }

    @Test("inside a message means: a frame or a fragmented message has begun")
    func insideMessage() {
        let receiver = Receiver()
        #expect(!receiver.isInsideMessage)
        for byte in ClientFrame(.text, hello).bytes.dropLast() {
            receiver.read([byte])
            #expect(receiver.isInsideMessage)
        }
        receiver.read(Array(ClientFrame(.text, hello).bytes.suffix(1)))
        #expect(!receiver.isInsideMessage)
        receiver.read(ClientFrame(.text, hello, isFinal: false).bytes)
        #expect(receiver.isInsideMessage)
        receiver.read(ClientFrame(.ping).bytes)
        #expect(receiver.isInsideMessage)
        receiver.read(ClientFrame(.continuation).bytes)
        #expect(!receiver.isInsideMessage)
    }

    @Test("right after an event nothing is open, whatever follows in the same bytes")
    func insideMessageBetweenSteps() {
        let first = ClientFrame(.text, hello).bytes
        let bytes = first + [0x81]
        var reader = MessageReader(limits: MessageLimits())
        let text = reader.read(bytes.span)
        let isInsideAfterText = reader.isInsideMessage
        let nothing = reader.read(bytes.span.extracting(droppingFirst: first.count))
        let isInsideAfterNextByte = reader.isInsideMessage
        #expect(text.event == .text)
        #expect(nothing.event == nil)
        #expect(!isInsideAfterText)
        #expect(isInsideAfterNextByte)
    }

    @Test("a payload that is held survives the next read")
    func heldPayload() {
        let bytes = ClientFrame(.text, hello).bytes
        var reader = MessageReader(limits: MessageLimits())
        let first = reader.read(bytes.span)
        let held = reader.payload
        let other = ClientFrame(.text, Array("other".utf8)).bytes
        let second = reader.read(other.span)
        #expect(first.event == .text)
        #expect(second.event == .text)
        #expect(Array(held) == hello)
        #expect(Array(reader.payload) == Array("other".utf8))
    }
}
