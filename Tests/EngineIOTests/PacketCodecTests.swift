import EngineIO
import Testing
import WireBytes

/// One packet as a value that a table can hold.
struct Expected: Equatable, Sendable {
    var type: PacketType
    var text: String
    var isBase64 = false
}

/// Decodes a whole text as one packet.
func decodePacket(_ text: String) throws(PacketFault) -> Expected {
    let bytes = Array(text.utf8)
    let packet = try PacketCodec.decode(0..<bytes.count, of: bytes.span)
    return Expected(type: packet.type, text: String(decoding: bytes[packet.payload], as: UTF8.self), isBase64: packet.isBase64)
}

@Suite struct PacketCodecTests {
    @Test(
        "every packet type decodes to its type and content",
        arguments: [
            (#"0{"sid":"x"}"#, Expected(type: .open, text: #"{"sid":"x"}"#)),
            ("1", Expected(type: .close, text: "")),
            ("2", Expected(type: .ping, text: "")),
            ("2probe", Expected(type: .ping, text: "probe")),
            ("3", Expected(type: .pong, text: "")),
            ("3probe", Expected(type: .pong, text: "probe")),
            ("4hello", Expected(type: .message, text: "hello")),
            ("4", Expected(type: .message, text: "")),
            ("4€ü", Expected(type: .message, text: "€ü")),
            ("5", Expected(type: .upgrade, text: "")),
            ("6", Expected(type: .noop, text: "")),
            ("bAQIDBA==", Expected(type: .message, text: "AQIDBA==", isBase64: true)),
            ("b", Expected(type: .message, text: "", isBase64: true)),
            ("1x", Expected(type: .close, text: "x")),
        ])
    func decodes(text: String, expected: Expected) throws {
        #expect(try decodePacket(text) == expected)
    }

    @Test("an unknown first byte is a fault", arguments: ["7", "9", "a", "B", "/", "-1", " 4", "\n", "{", "\0", "é"])
    func unknownType(text: String) {
        #expect(throws: PacketFault.unknownType) { try decodePacket(text) }
    }

    @Test func `an empty packet is a fault`() {
        #expect(throws: PacketFault.emptyPacket) { try decodePacket("") }
    }

    @Test func `offsets are those of the surrounding bytes`() throws {
        let bytes = Array("xx4abyy".utf8)
        let packet = try PacketCodec.decode(2..<5, of: bytes.span)
        #expect(packet == Packet(type: .message, payload: 3..<5, isBase64: false))
    }

    @Test func `every single byte decodes or is refused`() {
        var accepted: [UInt8] = []
        for byte in UInt8.min...UInt8.max {
            let bytes = [byte]
            if (try? PacketCodec.decode(0..<1, of: bytes.span)) != nil {
                accepted.append(byte)
            }
        }
        #expect(accepted == Array("0123456b".utf8))
    }

    @Test func `base64 content decodes to the message's bytes`() throws {
        let bytes = Array("bAQIDBA==".utf8)
        let packet = try PacketCodec.decode(0..<bytes.count, of: bytes.span)
        #expect(Base64.decode(packet.payload, of: bytes.span) == [1, 2, 3, 4])
    }
}
