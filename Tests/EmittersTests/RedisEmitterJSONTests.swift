import Emitters
import Testing
import WireBytes

@Suite("The official emitter's messages, in JSON")
struct RedisEmitterJSONTests {
    @Test(
        "taken",
        arguments: [
            (
                #"["emitter",{"type":2,"data":["hello",{"a":1}],"nsp":"/"},{"rooms":["room1"],"flags":{},"except":[]}]"#,
                HeardEvent(#"[{"a":1}]"#, rooms: ["room1"])
            ),
            (#"[{"type":2,"data":["hello"]},{"rooms":""}]"#, HeardEvent("[]")),
            (#"[{"data":["hello",1.0e0 , "\u0061"]},{}]"#, HeardEvent(#"[1.0e0 , "\u0061"]"#)),
            (#"["u",{"data":["hello", 12345678901234567890123 ]},{"rooms":null,"flags":""}]"#, HeardEvent("[12345678901234567890123]")),
            (
                #"["u",{"data":["hello"]},{"rooms":["a",7,-7],"except":["b",0]}]"#,
                HeardEvent("[]", rooms: ["a", "7", "-7"], except: ["b", "0"])
            ),
            (#"["u",{"data":["hello"]},{"rooms":"a","except":"b"}]"#, HeardEvent("[]", rooms: ["a"], except: ["b"])),
            (#"["u",{"data":["hello"]},{"rooms":["fanfare:x"],"except":""}]"#, HeardEvent("[]", rooms: [])),
            (#"[ null , { "d\u0061ta" : [ "h\u00e9" , null ] , "nsp" : "\/" } , { } ]"#, HeardEvent("hé", "[null]")),
            (
                #"[7,{"type":5,"data":["hello",{"_placeholder":true,"num":3}],"nsp":null},{}]"#,
                HeardEvent(#"[{"_placeholder":true,"num":3}]"#)
            ),
            (#"[7,{"data":["first"],"data":["hello",[],{}]},{"rooms":["a"],"rooms":["b"]}]"#, HeardEvent("[[],{}]", rooms: ["b"])),
        ])
    func taken(text: String, expected: HeardEvent) {
        #expect(Outcome.emitter(json: text) == .event(expected))
    }

    @Test("the Redis channel's room is believed before a list of several")
    func roomChannel() {
        let text = #"["u",{"data":["hello"]},{"rooms":["a",7]}]"#
        #expect(Outcome.emitter(json: text, on: "socket.io#/#a#") == .event(HeardEvent("[]", rooms: ["a"])))
        #expect(Outcome.emitter(json: text, on: "socket.io#/#7#") == .event(HeardEvent("[]", rooms: ["7"])))
        #expect(Outcome.emitter(json: text, on: "socket.io#/#b#") == .fault(.otherRoom))
        #expect(Outcome.emitter(json: text, on: "socket.io#emitter") == .event(HeardEvent("[]", rooms: ["a", "7"])))
    }

    @Test(
        "not for this server",
        arguments: [
            (#"["u",{"data":["e"],"nsp":"/admin"},{}]"#, EmitterOutcome.Reason.namespace),
            (#"["u",{"data":["e"],"nsp":""},{}]"#, .namespace), (#"["u",{"data":["e"],"type":3},{}]"#, .packetType),
            (#"["u",{"data":["e"],"type":0},{}]"#, .packetType),
        ])
    func ignored(text: String, reason: EmitterOutcome.Reason) {
        #expect(Outcome.emitter(json: text) == .ignored(reason))
    }

    @Test(
        "refused",
        arguments: [
            ("[]", EmitterFault.malformed(.message)), ("[{}]", .malformed(.message)), ("[1,2,3,4]", .malformed(.message)),
            ("[1,2]", .malformed(.packet)), ("[1,[],{}]", .malformed(.packet)), ("[1,{},[]]", .malformed(.options)),
            ("[{},1]", .malformed(.options)), ("[1,{},{}]", .malformed(.data)), (#"[1,{"data":[]},{}]"#, .malformed(.data)),
            (#"[1,{"data":{}},{}]"#, .malformed(.data)), (#"[1,{"data":[1]},{}]"#, .malformed(.data)),
            (#"[1,{"data":["connect"]},{}]"#, .badEvent(.reservedEvent)), (#"[1,{"data":["e"],"nsp":1},{}]"#, .malformed(.namespace)),
            (#"[1,{"data":["e"],"type":"2"},{}]"#, .malformed(.packet)), (#"[1,{"data":["e"],"type":null},{}]"#, .malformed(.packet)),
            (#"[1,{"data":["e"]},{"rooms":[null]}]"#, .malformed(.rooms)), (#"[1,{"data":["e"]},{"rooms":{}}]"#, .malformed(.rooms)),
            (#"[1,{"data":["e"]},{"rooms":[1.5]}]"#, .malformed(.rooms)), (#"[1,{"data":["e"]},{"except":true}]"#, .malformed(.rooms)),
            (#"[1,{"data":["e"]},{"rooms":[-]}]"#, .json(JSONFault(offset: 29, reason: .badNumber))),
            ("[1", .json(JSONFault(offset: 2, reason: .unfinished))), ("[1,2]x", .json(JSONFault(offset: 5, reason: .extraText))),
            (#"[1,{"data":["e",NaN]},{}]"#, .json(JSONFault(offset: 16, reason: .expectedValue))),
        ])
    func refused(text: String, fault: EmitterFault) {
        #expect(Outcome.emitter(json: text) == .fault(fault))
    }
}
