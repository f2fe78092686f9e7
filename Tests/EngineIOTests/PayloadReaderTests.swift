import EngineIO
import TestSupport
import Testing

@Suite struct PayloadReaderTests {
    /// All packets up to the end or the first fault.
    private static func read(_ bytes: [UInt8]) -> (packets: [Expected], fault: PacketFault?) {
        var reader = PayloadReader()
        var packets: [Expected] = []
        do throws(PacketFault) {
            while let packet = try reader.next(in: bytes.span) {
                let text = String(decoding: bytes[packet.payload], as: UTF8.self)
                packets.append(Expected(type: packet.type, text: text, isBase64: packet.isBase64))
            }
            return (packets, nil)
        } catch {
            return (packets, error)
        }
    }

    private static func read(_ text: String) -> (packets: [Expected], fault: PacketFault?) {
        self.read(Array(text.utf8))
    }

    @Test func `a body of one packet`() {
        let result = Self.read("4hello")
        #expect(result.packets == [Expected(type: .message, text: "hello")])
        #expect(result.fault == nil)
    }

    @Test func `packets come in order, text and binary`() {
        let result = Self.read("4test1\u{1E}1\u{1E}6\u{1E}bAQIDBA==\u{1E}4€\u{1E}3")
        #expect(
            result.packets == [
                Expected(type: .message, text: "test1"), Expected(type: .close, text: ""), Expected(type: .noop, text: ""),
                Expected(type: .message, text: "AQIDBA==", isBase64: true), Expected(type: .message, text: "€"),
                Expected(type: .pong, text: ""),
            ])
        #expect(result.fault == nil)
    }

    @Test(
        "packets before an undecodable one are delivered, then the fault",
        arguments: [
            ("", 0, PacketFault.emptyPayload),
            ("\u{1E}", 0, .emptyPacket),
            ("\u{1E}4a", 0, .emptyPacket),
            ("4a\u{1E}", 1, .trailingSeparator),
            ("4a\u{1E}\u{1E}4b", 1, .emptyPacket),
            ("4a\u{1E}4b\u{1E}abc", 2, .unknownType),
            ("abc", 0, .unknownType),
            ("4a\u{1E}\u{1E}", 1, .emptyPacket),
        ])
    func faults(body: String, packets: Int, fault: PacketFault) {
        let result = Self.read(body)
        #expect(result.packets.count == packets)
        #expect(result.fault == fault)
    }

    @Test(
        "bytes that are not UTF-8 are a fault where they stand",
        arguments: [[0x34, 0xFF], [0x34, 0xC3], [0x34, 0xED, 0xA0, 0x80], [0x34, 0xC0, 0x80], [0xFF]] as [[UInt8]])
    func badUTF8(packet: [UInt8]) {
        let result = Self.read(Array("4a\u{1E}".utf8) + packet + Array("\u{1E}4b".utf8))
        #expect(result.packets == [Expected(type: .message, text: "a")])
        #expect(result.fault == .badUTF8)
    }

    @Test func `a character cut by the separator is a fault`() {
        #expect(Self.read([0x34, 0xE2, 0x82, 0x1E, 0xAC]).fault == .badUTF8)
    }

    @Test func `after a fault every call throws the same`() {
        let bytes = Array("x\u{1E}4a".utf8)
        var reader = PayloadReader()
        for _ in 0..<3 {
            #expect(throws: PacketFault.unknownType) { try reader.next(in: bytes.span) }
        }
    }

    @Test func `after the last packet there is nothing, for ever`() throws {
        let bytes = Array("4a".utf8)
        var reader = PayloadReader()
        #expect(try reader.next(in: bytes.span) != nil)
        #expect(try reader.next(in: bytes.span) == nil)
        #expect(try reader.next(in: bytes.span) == nil)
    }

    @Test func `a thousand packets are read one by one`() {
        let body = Array(repeating: "3", count: 1000).joined(separator: "\u{1E}")
        #expect(Self.read(body).packets.count == 1000)
    }

    @Test func `a body cut at any byte never traps`() {
        let body = Array("4test€\u{1E}1\u{1E}bAQIDBA==\u{1E}2probe".utf8)
        for end in 0...body.count {
            let result = Self.read(Array(body[..<end]))
            #expect(result.packets.count <= 4)
            #expect(result.fault != nil || !result.packets.isEmpty)
        }
    }

    @Test func `random mutations never trap and never lose count`() {
        var generator = SeededGenerator(seed: 1)
        let body = Array("4test€\u{1E}1\u{1E}bAQIDBA==\u{1E}2probe".utf8)
        for _ in 0..<5000 {
            var mutant = body
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutant[Int.random(in: mutant.indices, using: &generator)] =
                    [0x1E, 0x34, 0x62, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
            }
            let result = Self.read(mutant)
            if result.fault == nil {
                #expect(result.packets.count == mutant.count { $0 == 0x1E } + 1)
            }
        }
    }
}
