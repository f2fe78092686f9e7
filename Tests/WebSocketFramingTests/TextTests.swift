import TestSupport
import Testing
import WebSocketFraming

@Suite("UTF-8 of text messages")
struct TextTests {
    @Test(
        "a character may be cut at any byte, between fragments and between reads",
        arguments: ["é", "€", "😀", "\u{10FFFF}", "κόσμε", "a😀b"])
    func cutCharacters(text: String) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            let first = ClientFrame(.text, Array(bytes[..<cut]), isFinal: false)
            let last = ClientFrame(.continuation, Array(bytes[cut...]))
            #expect(Receiver.trace(first, last) == [.text(bytes)])
            #expect(Receiver.trace(first, ClientFrame(.ping, [0xC3]), last) == [.ping([0xC3]), .text(bytes)])
            let whole = ClientFrame(.text, bytes).bytes
            let position = whole.count - bytes.count + cut
            #expect(Receiver.trace([Array(whole[..<position]), Array(whole[position...])]) == [.text(bytes)])
        }
    }

    /// The beginning of a text that its last byte makes impossible.
    static let impossible: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFE], [0xFF],
        [0xC2, 0x41], [0xC2, 0xC2], [0xE0, 0x9F], [0xE0, 0x80], [0xED, 0xA0], [0xED, 0xBF], [0xE2, 0x82, 0x41], [0xE2, 0x28],
        [0xF0, 0x8F], [0xF0, 0x80], [0xF4, 0x90], [0xF0, 0x9F, 0x98, 0x41], [0xF0, 0x9F, 0x41],
        Array("κόσμε".utf8) + [0xF4, 0x90], Array("long enough for words of eight".utf8) + [0xED, 0xA0],
    ]

    @Test("impossible bytes are 1007 at once, whatever was announced to follow", arguments: impossible)
    func failsEarly(start: [UInt8]) {
        var frame = ClientFrame(.text, start)
        frame.claimedLength = 1000
        frame.isFinal = false
        let whole = Receiver()
        whole.read(frame.bytes)
        #expect(whole.received == [.failure(.invalidPayload)])
        let bytewise = Receiver()
        for byte in frame.bytes.dropLast() {
            bytewise.read([byte])
        }
        #expect(bytewise.received.isEmpty)
        bytewise.read(Array(frame.bytes.suffix(1)))
        #expect(bytewise.received == [.failure(.invalidPayload)])
    }

    @Test("they are as well when a fragment ends at any of their bytes", arguments: impossible)
    func failsAcrossFragments(start: [UInt8]) {
        for cut in 0...start.count {
            let first = ClientFrame(.text, Array(start[..<cut]), isFinal: false)
            #expect(Receiver.trace(first, ClientFrame(.continuation, Array(start[cut...]), isFinal: false)) == [.failure(.invalidPayload)])
        }
    }

    @Test(
        "a text that ends within a character is 1007", arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x61, 0xF4]] as [[UInt8]])
    func unfinished(bytes: [UInt8]) {
        #expect(Receiver.trace(ClientFrame(.text, bytes)) == [.failure(.invalidPayload)])
        #expect(Receiver.trace(ClientFrame(.text, bytes, isFinal: false), ClientFrame(.continuation)) == [.failure(.invalidPayload)])
        #expect(Receiver.trace(ClientFrame(.text, bytes, isFinal: false)).isEmpty)
    }

    @Test("a binary message is not looked at")
    func binary() {
        #expect(
            Receiver.trace(ClientFrame(.binary, [0xFF], isFinal: false), ClientFrame(.continuation, [0xC3])) == [.binary([0xFF, 0xC3])])
    }

    @Test("random bytes are taken exactly when the standard library takes them")
    func sameAsStandardLibrary() {
        var generator = SeededGenerator(seed: 1007)
        for _ in 0..<5000 {
            var bytes = generator.text(characters: Int.random(in: 0...6, using: &generator))
            if Bool.random(using: &generator), !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            let expected: [Received] = isValid ? [.text(bytes)] : [.failure(.invalidPayload)]
            #expect(Receiver.trace(ClientFrame(.text, bytes)) == expected, "\(bytes)")
        }
    }
}
