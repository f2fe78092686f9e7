import Testing

@testable import Emitters

@Suite("Emitters")
struct EmittersTests {
    private static let limits = EmitterLimits(maximumPayloadByteCount: 1_000, maximumDepth: 8, maximumRooms: 4)

    private static func hex(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16) ?? 0
        }
    }

    private static func redis(_ message: [UInt8], on channel: String) throws(EmitterFault) -> EmitterOutcome {
        let channel = Array(channel.utf8), key = Array("socket.io".utf8)
        return try RedisEmitter.decode(message.span, on: channel.span, key: key.span, limits: Self.limits)
    }

    private static func python(_ text: String, dialect: PythonDialect = .detected) throws(EmitterFault) -> EmitterOutcome {
        let bytes = Array(text.utf8)
        return try PythonSocketIO.decode(bytes.span, dialect: dialect, limits: Self.limits)
    }

    private static func event(_ outcome: EmitterOutcome) throws -> (audience: EmittedEvent.Audience, event: String, arguments: String) {
        guard case .event(let event) = outcome else { throw EmitterFault.malformed(.message) }
        return (event.audience, String(decoding: event.event, as: UTF8.self), String(decoding: event.argumentsJSON, as: UTF8.self))
    }

    // MARK: protocol.md 5.1

    /// `to("room1").emit("hello", {a: 1})`.
    private static let vector = hex(
        "93a7656d697474657283a47479706502a46461746192a568656c6c6f81a16101a36e7370a12f83a5726f6f6d7391a5726f6f6d31a5666c61677380a665786365707490"
    )

    @Test("the protocol's vector")
    func vector() throws {
        let (audience, event, arguments) = try Self.event(try Self.redis(Self.vector, on: "socket.io#/#room1#"))
        #expect(audience == .rooms([Array("room1".utf8)]))
        #expect((event, arguments) == ("hello", #"[{"a":1}]"#))
    }

    @Test("a Redis channel for one room is believed before the list, but not against it")
    func rooms() throws {
        #expect(try Self.event(try Self.redis(Self.vector, on: "socket.io#/#")).audience == .rooms([Array("room1".utf8)]))
        #expect(throws: EmitterFault.otherRoom) { try Self.redis(Self.vector, on: "socket.io#/#room2#") }
        #expect(try Self.redis(Self.vector, on: "socket.io-request#/#") == .ignored(.channel))
        #expect(try Self.redis(Self.vector, on: "socket.io#/admin#room1#") == .ignored(.channel))
    }

    /// A pair without a publisher's id: `[{data: ["e", VALUE]}, {rooms: ROOMS}]`, the value in MessagePack.
    private static func pair(value: String, rooms: String = "c0", type: String = "02") -> [UInt8] {
        hex("9282a474797065\(type)a46461746192a165\(value)81a5726f6f6d73\(rooms)")
    }

    @Test(
        "values as JavaScript has them",
        arguments: [
            ("01", "1"), ("ff", "-1"), ("cfffffffffffffffff", "18446744073709551615"), ("d38000000000000000", "-9223372036854775808"),
            ("cb3ff8000000000000", "1.5"), ("cb3ff0000000000000", "1"), ("ca3fc00000", "1.5"), ("cb7ff8000000000000", "null"),
            ("cb7ff0000000000000", "null"), ("c0", "null"), ("c3", "true"), ("a3c3a922", "\"é\\\"\""), ("90", "[]"), ("80", "{}"),
            ("8101a178", #"{"1":"x"}"#), ("9201c0", "[1,null]"),
            // Timestamps of notepack 3, dates and undefined of notepack 2.
            ("d6ff00000001", #""1970-01-01T00:00:01.000Z""#), ("d7ff0000000400000000", #""1970-01-01T00:00:00.000Z""#),
            ("c70cff00000000ffffffffffffffff", #""1969-12-31T23:59:59.000Z""#), ("d700000001894d13c400", #""2023-07-13T02:28:08.320Z""#),
            ("d40000", "null"), ("82a161d40000a16201", #"{"b":1}"#),
        ])
    func values(value: String, json: String) throws {
        #expect(try Self.event(try Self.redis(Self.pair(value: value), on: "socket.io#emitter")).arguments == "[\(json)]")
    }

    @Test("binary is found in the data, whatever the packet's type says", arguments: ["02", "05"])
    func binary(type: String) throws {
        guard
            case .event(let event) = try Self.redis(
                Self.pair(value: "82a161c40200ffa162c7030001 0203".replacing(" ", with: ""), type: type), on: "socket.io#/#")
        else { throw EmitterFault.malformed(.message) }
        #expect(event.attachments == [[0, 255], [1, 2, 3]])
        #expect(
            String(decoding: event.argumentsJSON, as: UTF8.self)
                == #"[{"a":{"_placeholder":true,"num":0},"b":{"_placeholder":true,"num":1}}]"#)
    }

    @Test(
        "rooms in all forms",
        arguments: [("c0", nil), ("a0", nil), ("90", nil), ("91a161", ["a"]), ("92a16105", ["a", "5"])] as [(String, [String]?)])
    func roomForms(rooms: String, names: [String]?) throws {
        let audience = try Self.event(try Self.redis(Self.pair(value: "01", rooms: rooms), on: "socket.io#/#")).audience
        #expect(audience == names.map { .rooms($0.map { Array($0.utf8) }) } ?? .everyone)
    }

    @Test(
        "what is broken or too much is refused",
        arguments: [
            "", "93", "9380", "c1", "92808080", "9282a47479706502a464617461",
            "9282a47479706502a46461746191a763 6f6e6e65637481a5726f6f6d7390",
        ])
    func broken(text: String) {
        #expect(throws: EmitterFault.self) { try Self.redis(Self.hex(text.replacing(" ", with: "")), on: "socket.io#/#") }
    }

    @Test("nesting, rooms and bytes are bounded")
    func bounds() {
        #expect(throws: EmitterFault.self) {
            try Self.redis(Self.pair(value: String(repeating: "91", count: 9) + "01"), on: "socket.io#/#")
        }
        #expect(throws: EmitterFault.tooManyRooms) {
            try Self.redis(Self.pair(value: "01", rooms: "95a161a162a163a164a165"), on: "socket.io#/#")
        }
        #expect(throws: EmitterFault.tooLarge) {
            try Self.redis(Self.pair(value: "da0400" + String(repeating: "61", count: 1_024)), on: "socket.io#/#")
        }
    }

    @Test("JSON in place of MessagePack")
    func json() throws {
        let text = #"["emitter",{"type":2,"data":["e",{"a":1.0},[2]],"nsp":"/"},{"rooms":["r"],"except":["x"],"flags":{}}]"#
        guard case .event(let event) = try Self.redis(Array(text.utf8), on: "socket.io#/#r#") else {
            throw EmitterFault.malformed(.message)
        }
        #expect(String(decoding: event.argumentsJSON, as: UTF8.self) == #"[{"a":1.0},[2]]"#)
        #expect(event.except == [Array("x".utf8)] && event.argumentCount == 2 && event.payload == nil)
    }

    // MARK: protocol.md 5.2

    private static func emit(_ data: String, more: String = "", room: String = #""r""#) -> String {
        #"{"method":"emit","event":"e","data":\#(data),"namespace":"/","room":\#(room),"skip_sid":null,"callback":null,"host_id":"0"\#(more)}"#
    }

    @Test(
        "the arguments of each dialect",
        arguments: [
            (emit(#"{"a":1}"#), .detected, #"[{"a":1}]"#), (emit("[1,2]"), .detected, "[[1,2]]"),
            (emit("[1,2]", more: #","binary":false"#), .detected, "[1,2]"),
            (emit("[1,2]", more: #","binary":false"#), .oneArgument, "[[1,2]]"),
            (emit("[1,2]"), .argumentList, "[1,2]"), (emit("null"), .detected, "[]"),
            (emit("[null]", more: #","binary":false"#), .detected, "[]"),
            (emit("[null,1]", more: #","binary":false"#), .detected, "[null,1]"),
        ] as [(String, PythonDialect, String)])
    func dialects(text: String, dialect: PythonDialect, arguments: String) throws {
        #expect(try Self.event(try Self.python(text, dialect: dialect)).arguments == arguments)
    }

    @Test("attachments are base64 behind the data, and have to fit it")
    func attachments() throws {
        let place = #"{"_placeholder":true,"num":0}"#
        guard case .event(let event) = try Self.python(Self.emit("[[\(place)],\"AP8=\"]", more: #","binary":true"#)) else {
            throw EmitterFault.malformed(.message)
        }
        #expect(event.attachments == [[0, 255]] && event.argumentsJSON == Array("[\(place)]".utf8))
        for data in ["[[\(place)],\"!\"]", "[[1],\"AP8=\",2]", "7"] {
            #expect(throws: EmitterFault.badAttachments) { try Self.python(Self.emit(data, more: #","binary":true"#)) }
        }
    }

    @Test(
        "rooms: one, several, everybody",
        arguments: [("null", nil), (#""a""#, ["a"]), (#"["a","b"]"#, ["a", "b"])] as [(String, [String]?)])
    func pythonRooms(room: String, names: [String]?) throws {
        let audience = try Self.event(try Self.python(Self.emit("1", room: room))).audience
        #expect(audience == names.map { .rooms($0.map { Array($0.utf8) }) } ?? .everyone)
    }

    @Test("what is not ours is ignored, a pickle is named, the rest is a fault")
    func others() throws {
        #expect(try Self.python(#"{"method":"enter_room","room":"r"}"#) == .ignored(.method))
        #expect(try Self.python(#"{"method":"emit","event":"e","data":1,"namespace":"/admin"}"#) == .ignored(.namespace))
        #expect(throws: EmitterFault.pickle) { try PythonSocketIO.decode([0x80, 4].span, dialect: .detected, limits: Self.limits) }
        for text in [
            "", "[]", "{}", "{", #"{"method":"emit","namespace":"/","event":"connect"}"#, #"{"method":"emit","namespace":"/","event":5}"#,
        ] {
            #expect(throws: EmitterFault.self) { try Self.python(text) }
        }
    }
}
