import Emitters
import Testing
import WireBytes

@Suite("Limits of a publisher's message")
struct EmitterLimitTests {
    private static func limits(payload: Int = 10_000, depth: Int = 64, rooms: Int = 1_024) -> EmitterLimits {
        EmitterLimits(maximumPayloadByteCount: payload, maximumDepth: depth, maximumRooms: rooms)
    }

    /// The same arguments from each kind of publisher.
    private static func all(_ packed: Packed, _ json: String, limits: EmitterLimits) -> [Outcome] {
        [
            Outcome.arguments(packed, limits: limits),
            Outcome.emitter(json: #"["",{"data":["e",\#(json)]},{}]"#, limits: limits),
            Outcome.python(#"{"method":"emit","event":"e","namespace":"/","binary":false,"data":[\#(json)]}"#, limits: limits),
        ]
    }

    @Test("bytes of the arguments as an array, the same for every publisher")
    func payload() {
        let text = String(repeating: "a", count: 100)
        let expected = Outcome.event(HeardEvent("e", "[\"\(text)\"]"))
        for outcome in Self.all(.text(text), "\"\(text)\"", limits: Self.limits(payload: 104)) { #expect(outcome == expected) }
        for outcome in Self.all(.text(text), "\"\(text)\"", limits: Self.limits(payload: 103)) { #expect(outcome == .fault(.tooLarge)) }
    }

    @Test("no arguments take two bytes as well")
    func noArguments() {
        let message = Packed.array([.map([(.text("data"), .array([.text("e")]))]), .map([])]).bytes
        let python = #"{"method":"emit","event":"e","namespace":"/","data":null}"#
        let json = #"[{"data":["e"]},{}]"#
        let enough = EmitterLimits(maximumPayloadByteCount: 100)
        for outcome in [
            Outcome.emitter(message, limits: enough), Outcome.emitter(json: json, limits: enough), Outcome.python(python, limits: enough),
        ] {
            #expect(outcome == .event(HeardEvent("e", "[]")))
        }
    }

    @Test("attachments count by their own bytes")
    func attachments() {
        let placeholder = #"{"_placeholder":true,"num":0}"#
        let event = Outcome.event(HeardEvent("e", "[\(placeholder)]", attachments: [Array(repeating: 0, count: 99)]))
        let base64 = String(repeating: "AAAA", count: 33)
        let python = #"{"method":"emit","event":"e","namespace":"/","binary":true,"data":[[\#(placeholder)],"\#(base64)"]}"#
        let count = placeholder.utf8.count + 2 + 99
        for (payload, expected) in [(count, event), (count - 1, .fault(.tooLarge))] {
            #expect(Outcome.arguments(.binary(Array(repeating: 0, count: 99)), limits: Self.limits(payload: payload)) == expected)
            // The message itself may be twice as large.
            #expect(Outcome.python(python, limits: Self.limits(payload: payload)) == expected)
        }
        #expect(Outcome.arguments(.binary(Array(repeating: 0, count: 99)), limits: Self.limits(payload: 98)) == .fault(.tooLarge))
    }

    @Test("escapes that make a message larger than it came are counted as written")
    func escapes() {
        let text = String(repeating: "\u{1}", count: 50)
        #expect(Outcome.arguments(.text(text), limits: Self.limits(payload: 304)).arguments?.utf8.count == 304)
        #expect(Outcome.arguments(.text(text), limits: Self.limits(payload: 303)) == .fault(.tooLarge))
    }

    @Test("bytes of the message, before anything is read")
    func message() {
        let limits = Self.limits(payload: 100)
        #expect(limits.maximumMessageByteCount == 200)
        func broken(_ first: UInt8, _ count: Int) -> [UInt8] { [first] + Array(repeating: 0xC1, count: count - 1) }
        #expect(Outcome.emitter(broken(0x93, 200), limits: limits) == .fault(.messagePack(.reservedByte)))
        #expect(Outcome.emitter(broken(0x93, 201), limits: limits) == .fault(.tooLarge))
        #expect(Outcome.emitter(broken(0x5B, 201), limits: limits) == .fault(.tooLarge))
        #expect(Outcome.python(broken(0x7B, 201), limits: limits) == .fault(.tooLarge))
        #expect(Outcome.python(broken(0x7B, 200), limits: limits) == .fault(.json(JSONFault(offset: 1, reason: .expectedName))))
        // A pickle is told whatever its size.
        #expect(Outcome.python(broken(0x80, 201), limits: limits) == .fault(.pickle))
    }

    @Test("nesting of one argument")
    func depth() {
        let limits = Self.limits(depth: 3)
        let three = Packed.array([.map([(.text("a"), .array([.null]))])])
        for outcome in Self.all(three, #"[{"a":[null]}]"#, limits: limits) {
            #expect(outcome == .event(HeardEvent("e", #"[[{"a":[null]}]]"#)))
        }
        let four = Self.all(.array([three]), #"[[{"a":[null]}]]"#, limits: limits)
        #expect(four[0] == .fault(.messagePack(.tooDeep)))
        for outcome in four.dropFirst() {
            guard case .fault(.json(let fault)) = outcome, case .tooDeep = fault.reason else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(Outcome.arguments(.array([]), limits: Self.limits(depth: 0)) == .fault(.messagePack(.tooDeep)))
        #expect(Outcome.arguments(.null, limits: Self.limits(depth: 0)).arguments == "[null]")
    }

    @Test("an attachment's placeholder is a level like any other object")
    func placeholderDepth() {
        let placeholder = #"{"_placeholder":true,"num":0}"#
        func python(_ limits: EmitterLimits) -> Outcome {
            let data = #"[[[\#(placeholder)]],"YQ=="]"#
            return Outcome.python(#"{"method":"emit","event":"e","namespace":"/","binary":true,"data":\#(data)}"#, limits: limits)
        }
        let event = Outcome.event(HeardEvent("e", "[[\(placeholder)]]", attachments: [[0x61]]))
        #expect(Outcome.arguments(.array([.binary([0x61])]), limits: Self.limits(depth: 2)) == event)
        #expect(python(Self.limits(depth: 2)) == event)
        #expect(Outcome.arguments(.array([.binary([0x61])]), limits: Self.limits(depth: 1)) == .fault(.messagePack(.tooDeep)))
        #expect(python(Self.limits(depth: 1)).arguments == nil)
        #expect(Outcome.arguments(.longExt(0, []), limits: Self.limits(depth: 0)) == .fault(.messagePack(.tooDeep)))
    }

    @Test("what is passed over may be nested as deep as there are bytes, without a stack")
    func passedOver() {
        let deep = Packed.raw(Array(repeating: 0x91, count: 50_000) + [0xC0])
        let message = Packed.array([
            deep, .map([(.text("data"), .array([.text("e")])), (.text("x"), deep)]), .map([(.text("flags"), deep)]),
        ])
        #expect(Outcome.emitter(message.bytes) == .event(HeardEvent("e", "[]")))
    }

    @Test("attachments: ten, and not one more")
    func attachmentCount() {
        func python(_ count: Int) -> String {
            let parts = (0..<count).map { _ in #","AA==""# }.joined()
            return #"{"method":"emit","event":"e","namespace":"/","binary":true,"data":[[1]\#(parts)]}"#
        }
        #expect(Outcome.arguments(.array(Array(repeating: .binary([0]), count: 10))).attachments?.count == 10)
        #expect(Outcome.arguments(.array(Array(repeating: .binary([0]), count: 11))) == .fault(.tooManyAttachments))
        #expect(Outcome.python(python(10)).attachments?.count == 10)
        #expect(Outcome.python(python(11)) == .fault(.tooManyAttachments))
    }

    @Test("rooms, and rooms left out: each up to the limit", arguments: ["rooms", "except"])
    func rooms(member: String) {
        let limits = Self.limits(rooms: 3)
        // A room that no channel can be named counts as well.
        for (names, isTaken) in [(["a", "b", "c"], true), (["a", "", "c", "d"], false), (["a", "b", "c", "d"], false)] {
            let list = "[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]"
            let pythonMember = member == "rooms" ? "room" : "skip_sid"
            let packed = Packed.array([
                .map([(.text("data"), .array([.text("e")]))]), .map([(.text(member), .array(names.map { .text($0) }))]),
            ])
            for outcome in [
                Outcome.emitter(packed.bytes, limits: limits),
                Outcome.emitter(json: #"[{"data":["e"]},{"\#(member)":\#(list)}]"#, limits: limits),
                Outcome.python(#"{"method":"emit","event":"e","namespace":"/","\#(pythonMember)":\#(list)}"#, limits: limits),
            ] {
                #expect((outcome.arguments == "[]") == isTaken)
                #expect((outcome == .fault(.tooManyRooms)) == !isTaken)
            }
        }
    }

    @Test("limits below 0 are 0, and doubling does not overflow")
    func bounds() {
        let least = Self.limits(payload: -1, depth: -1, rooms: -1)
        #expect(least == Self.limits(payload: 0, depth: 0, rooms: 0))
        #expect(Outcome.emitter(RedisEmitterTests.vector, limits: least) == .fault(.tooLarge))
        #expect(EmitterLimits(maximumPayloadByteCount: .max).maximumMessageByteCount == .max)
        #expect(Outcome.emitter(RedisEmitterTests.vector, limits: EmitterLimits(maximumPayloadByteCount: .max)).arguments == #"[{"a":1}]"#)
        #expect(
            Outcome.python(
                #"{"method":"emit","event":"e","namespace":"/","data":1}"#, limits: EmitterLimits(maximumPayloadByteCount: .max)
            ).arguments == "[1]")
    }
}
