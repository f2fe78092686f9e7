import Emitters
import Testing
import WireBytes

@Suite("The official emitter's messages, in MessagePack")
struct RedisEmitterTests {
    /// Of protocol.md 5.1: `to("room1").emit("hello",{a:1})`, on `socket.io#/#room1#`.
    static let vector = Hex.bytes(
        "93a7656d697474657283a47479706502a46461746192a568656c6c6f81a16101a36e7370a12f83a5726f6f6d7391a5726f6f6d31a5666c61677380a665786365707490"
    )

    @Test("the vector of protocol.md")
    func official() {
        #expect(Outcome.emitter(Self.vector, on: "socket.io#/#room1#") == .event(HeardEvent(#"[{"a":1}]"#, rooms: ["room1"])))
        #expect(Outcome.emitter(Self.vector) == .event(HeardEvent(#"[{"a":1}]"#, rooms: ["room1"])))
        #expect(Outcome.emitter(Self.vector, on: "socket.io#/#room2#") == .fault(.otherRoom))
    }

    @Test("what libraries in use wrote", arguments: 0..<MessagePackVectors.all.count)
    func libraries(index: Int) {
        let vector = MessagePackVectors.all[index]
        #expect(Outcome.emitter(Hex.bytes(vector.hex)) == .event(vector.event))
    }

    @Test(
        "Redis channels",
        arguments: [
            ("socket.io#/#", RedisEmitterChannel.broadcast), ("socket.io#/#room1#", .room(12..<17)), ("socket.io#/##", nil),
            ("socket.io#/#a", nil), ("socket.io#/#a##", .room(12..<14)), ("socket.io#/###", .room(12..<13)), ("socket.io#emitter", .legacy),
            ("socket.io#/admin#", nil), ("socket.io#/admin#room1#", nil), ("socket.io-request#/#", nil), ("socket.io-response#/#", nil),
            ("socket.io", nil), ("socket.i", nil), ("", nil), ("other#/#", nil), ("socket.io#emitters", nil),
            ("socket.io#/#é#", .room(12..<14)),
        ])
    func channels(name: String, expected: RedisEmitterChannel?) {
        let bytes = Array(name.utf8)
        let key = Array("socket.io".utf8)
        #expect(RedisEmitterChannel.parse(bytes.span, key: key.span) == expected)
        if expected == nil { #expect(Outcome.emitter(Self.vector, on: name) == .ignored(.channel)) }
    }

    @Test("another key")
    func key() {
        #expect(Outcome.emitter(Self.vector, on: "a#/#room1#", key: "a") == .event(HeardEvent(#"[{"a":1}]"#, rooms: ["room1"])))
        #expect(Outcome.emitter(Self.vector, on: "#/#", key: "") == .event(HeardEvent(#"[{"a":1}]"#, rooms: ["room1"])))
        #expect(Outcome.emitter(Self.vector, on: "socket.io#/#", key: "socket.io#/#") == .ignored(.channel))
    }

    private static func options(_ members: [(Packed, Packed)]) -> [UInt8] {
        Packed.array([.text("u"), .map([(.text("data"), .array([.text("e")]))]), .map(members)]).bytes
    }

    @Test("no rooms in any form are everyone")
    func everyone() {
        let everyone = Outcome.event(HeardEvent("e", "[]"))
        for rooms: Packed in [.null, .text(""), .array([])] {
            #expect(Outcome.emitter(Self.options([(.text("rooms"), rooms)])) == everyone)
        }
        #expect(Outcome.emitter(Self.options([])) == everyone)
        #expect(Outcome.emitter(Self.options([(.text("flags"), .text("")), (.text("rooms"), .text(""))])) == everyone)
        #expect(Outcome.emitter(Self.options([(.text("except"), .null), (.text("new"), .array([.null]))])) == everyone)
    }

    @Test("rooms and exceptions")
    func rooms() {
        let rooms = Packed.array([.text("a"), .unsigned(7), .signed(-7), .text("é"), .unsigned(.max)])
        let except = Packed.array([.text("b"), .unsigned(0)])
        let message = Self.options([
            (.text("except"), except), (.text("flags"), .map([(.text("volatile"), .boolean(true))])), (.text("rooms"), rooms),
        ])
        #expect(
            Outcome.emitter(message)
                == .event(HeardEvent("e", "[]", rooms: ["a", "7", "-7", "é", "18446744073709551615"], except: ["b", "0"])))
        // In 64 bits what fits one byte.
        #expect(
            Outcome.emitter(Self.options([(.text("rooms"), .array([.signed(5)]))]), on: "socket.io#/#5#")
                == .event(HeardEvent("e", "[]", rooms: ["5"])))
    }

    @Test("a room that no channel can be named is left out, and is not everyone")
    func impossibleRooms() {
        for name in ["", "fanfare:x", " a", "a\u{0}", String(repeating: "a", count: 201)] {
            let message = Self.options([(.text("rooms"), .array([.text(name)])), (.text("except"), .array([.text(name), .text("c")]))])
            #expect(Outcome.emitter(message) == .event(HeardEvent("e", "[]", rooms: [], except: ["c"])))
        }
        let bad = Self.options([(.text("rooms"), .array([.text("fanfare:x")]))])
        #expect(Outcome.emitter(bad, on: "socket.io#/#fanfare:x#") == .event(HeardEvent("e", "[]", rooms: [])))
    }

    @Test("the Redis channel's room is believed before a list of several, so that nothing is delivered twice")
    func roomChannel() {
        let message = Self.options([(.text("rooms"), .array([.text("a"), .text("b")]))])
        #expect(Outcome.emitter(message, on: "socket.io#/#a#") == .event(HeardEvent("e", "[]", rooms: ["a"])))
        #expect(Outcome.emitter(message, on: "socket.io#/#b#") == .event(HeardEvent("e", "[]", rooms: ["b"])))
        #expect(Outcome.emitter(message, on: "socket.io#/#c#") == .fault(.otherRoom))
        #expect(Outcome.emitter(Self.options([]), on: "socket.io#/#c#") == .event(HeardEvent("e", "[]", rooms: ["c"])))
    }

    @Test("a pair without the publisher's id, as old ports write it")
    func legacy() {
        let packet = Packed.map([(.text("type"), .unsigned(5)), (.text("data"), .array([.text("e"), .binary([1])]))])
        let options = Packed.map([(.text("flags"), .text("")), (.text("rooms"), .text(""))])
        let event = Outcome.event(HeardEvent("e", #"[{"_placeholder":true,"num":0}]"#, attachments: [[1]]))
        #expect(Outcome.emitter(Packed.array([packet, options]).bytes, on: "socket.io#emitter") == event)
        #expect(Outcome.emitter(Packed.array([packet, options]).bytes) == event)
        #expect(Outcome.emitter(Packed.array([.null, packet, options]).bytes, on: "socket.io#emitter") == event)
        #expect(Outcome.emitter(Packed.array([.map([(.null, .binary([]))]), packet, options]).bytes) == event)
    }

    private static func packet(_ members: [(Packed, Packed)]) -> Outcome {
        Outcome.emitter(Packed.array([.text("u"), .map(members), .map([])]).bytes)
    }

    @Test("the type is never trusted for binary, and other types are nobody's event")
    func types() {
        let data: (Packed, Packed) = (.text("data"), .array([.text("e"), .unsigned(1)]))
        for type: Packed in [.unsigned(2), .unsigned(5), .signed(2)] {
            #expect(Self.packet([(.text("type"), type), data]) == .event(HeardEvent("e", "[1]")))
        }
        let binary: (Packed, Packed) = (.text("data"), .array([.text("e"), .binary([])]))
        #expect(Self.packet([binary, (.text("type"), .unsigned(2))]).attachments == [[]])
        for type: UInt64 in [0, 1, 3, 4, 6, 7, .max] {
            #expect(Self.packet([(.text("type"), .unsigned(type)), data]) == .ignored(.packetType))
        }
        for type: Packed in [.null, .text("2"), .signed(-1), .double(2), .array([])] {
            #expect(Self.packet([(.text("type"), type), data]) == .fault(.malformed(.packet)))
        }
    }

    @Test("namespaces")
    func namespaces() {
        let data: (Packed, Packed) = (.text("data"), .array([.text("e")]))
        #expect(Self.packet([data]) == .event(HeardEvent("e", "[]")))
        #expect(Self.packet([data, (.text("nsp"), .null)]) == .event(HeardEvent("e", "[]")))
        #expect(Self.packet([(.text("nsp"), .text("/")), data]) == .event(HeardEvent("e", "[]")))
        #expect(Self.packet([data, (.text("nsp"), .text("/admin"))]) == .ignored(.namespace))
        #expect(Self.packet([data, (.text("nsp"), .text(""))]) == .ignored(.namespace))
        #expect(Self.packet([data, (.text("nsp"), .unsigned(1))]) == .fault(.malformed(.namespace)))
        // Another namespace's event is not looked at.
        #expect(Self.packet([(.text("nsp"), .text("/admin"))]) == .ignored(.namespace))
    }

    @Test("of a member that comes twice the last one counts")
    func twice() {
        let message = Packed.message(
            data: [.text("first")], packet: [(.text("data"), .array([.text("second")]))],
            options: [(.text("rooms"), .array([.text("a")])), (.text("rooms"), .array([.text("b")]))])
        #expect(Outcome.emitter(message.bytes) == .event(HeardEvent("second", "[]", rooms: ["b"])))
    }

    @Test("events' names")
    func names() {
        func event(_ name: Packed) -> Outcome { Self.packet([(.text("data"), .array([name]))]) }
        #expect(event(.text("connect")) == .fault(.badEvent(.reservedEvent)))
        #expect(event(.text("fanfare:x")) == .fault(.badEvent(.reservedPrefix)))
        #expect(event(.text("")) == .fault(.badEvent(.empty)))
        #expect(event(.unsigned(1)) == .fault(.malformed(.data)))
        #expect(event(.null) == .fault(.malformed(.data)))
        #expect(Self.packet([(.text("data"), .array([]))]) == .fault(.malformed(.data)))
        #expect(Self.packet([(.text("data"), .map([]))]) == .fault(.malformed(.data)))
        #expect(Self.packet([]) == .fault(.malformed(.data)))
    }

    @Test("another form is a fault")
    func malformed() {
        let data: (Packed, Packed) = (.text("data"), .array([.text("e")]))
        let packet = Packed.map([data])
        #expect(Outcome.emitter(Packed.array([.text("u"), .array([]), .map([])]).bytes) == .fault(.malformed(.packet)))
        #expect(Outcome.emitter(Packed.array([.text("u"), packet, .array([])]).bytes) == .fault(.malformed(.options)))
        #expect(Outcome.emitter(Packed.array([packet, .null]).bytes) == .fault(.malformed(.options)))
        #expect(
            Outcome.emitter(Packed.array([.text("u"), .map([data, (.unsigned(1), .null)]), .map([])]).bytes)
                == .fault(.messagePack(.badKey)))
        #expect(Outcome.emitter(Self.options([(.null, .null)])) == .fault(.messagePack(.badKey)))
        for rooms: Packed in [.text("a"), .unsigned(1), .map([]), .array([.null]), .array([.array([])]), .array([.binary([])])] {
            #expect(Outcome.emitter(Self.options([(.text("rooms"), rooms)])) == .fault(.malformed(.rooms)))
            #expect(Outcome.emitter(Self.options([(.text("except"), rooms)])) == .fault(.malformed(.rooms)))
        }
    }

    @Test("by its first byte a message is MessagePack, JSON or unknown")
    func sniffed() {
        #expect(Outcome.emitter([]) == .fault(.unknownEncoding))
        for byte: UInt8 in [0x00, 0x7B, 0x80, 0x82, 0x91, 0x94, 0xC0, 0xDC, 0xFF, 0x20] {
            #expect(Outcome.emitter([byte] + Self.vector) == .fault(.unknownEncoding))
        }
    }

    @Test("cut anywhere, a message is truncated; with more behind it, it is not one message")
    func cut() {
        for message in [Self.vector] + MessagePackVectors.all.map({ Hex.bytes($0.hex) }) {
            for end in 1..<message.count {
                #expect(Outcome.emitter(Array(message[..<end])) == .fault(.messagePack(.truncated)), "\(end)")
            }
            #expect(Outcome.emitter(message + [0]) == .fault(.messagePack(.extraBytes)))
        }
    }
}
