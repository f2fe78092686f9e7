import Emitters
import Testing
import WireBytes

@Suite("python-socketio's messages")
struct PythonSocketIOTests {
    @Test("what its releases publish", arguments: 0..<PythonVectors.all.count)
    func releases(index: Int) {
        let vector = PythonVectors.all[index]
        #expect(Outcome.python(vector.text + PythonVectors.end) == .event(vector.event))
    }

    private static func data(_ data: String, _ rest: String = "", dialect: PythonDialect) -> Outcome {
        Outcome.python(#"{"method":"emit","event":"e","namespace":"/","data":\#(data)\#(rest)}"#, dialect: dialect)
    }

    @Test(
        "what data means in each dialect",
        arguments: [
            // data, further members, then detected, one argument, list of arguments
            ("1", "", "[1]", "[1]", "[1]"),
            (#"{"a":[]}"#, "", #"[{"a":[]}]"#, #"[{"a":[]}]"#, #"[{"a":[]}]"#),
            ("[1, 2]", "", "[[1, 2]]", "[[1, 2]]", "[1, 2]"),
            ("[1, 2]", #","binary":false"#, "[1, 2]", "[[1, 2]]", "[1, 2]"),
            ("[ [1] ]", #","binary":false"#, "[[1]]", "[[ [1] ]]", "[[1]]"),
            ("[]", "", "[[]]", "[[]]", "[]"),
            ("[]", #","binary":false"#, "[]", "[[]]", "[]"),
            ("null", "", "[]", "[]", "[]"),
            ("null", #","binary":false"#, "[]", "[]", "[]"),
            ("[null]", "", "[[null]]", "[[null]]", "[]"),
            ("[null]", #","binary":false"#, "[]", "[[null]]", "[]"),
            ("[null,null]", #","binary":false"#, "[null,null]", "[[null,null]]", "[null,null]"),
            ("[[null]]", #","binary":false"#, "[[null]]", "[[[null]]]", "[[null]]"),
            ("[1]", #","binary":null"#, "[1]", "[[1]]", "[1]"),
        ])
    func dialects(data: String, rest: String, detected: String, one: String, list: String) {
        #expect(Self.data(data, rest, dialect: .detected).arguments == detected)
        #expect(Self.data(data, rest, dialect: .oneArgument).arguments == one)
        #expect(Self.data(data, rest, dialect: .argumentList).arguments == list)
    }

    @Test("no data at all is no arguments")
    func missing() {
        #expect(Outcome.python(#"{"method":"emit","event":"e","namespace":"/"}"#) == .event(HeardEvent("e", "[]")))
        #expect(Outcome.python(#"{"method":"emit","event":"e","namespace":"/","binary":true}"#) == .event(HeardEvent("e", "[]")))
    }

    private static func binary(_ data: String, dialect: PythonDialect = .detected) -> Outcome {
        self.data(data, #","binary":true"#, dialect: dialect)
    }

    @Test("binary as base64 behind the data")
    func binary() {
        let one = #"{"_placeholder":true,"num":0}"#
        #expect(Self.binary(#"[[\#(one)],"AAH/"]"#) == .event(HeardEvent("e", "[\(one)]", attachments: [[0, 1, 255]])))
        #expect(Self.binary(#"[\#(one),"AAH/"]"#) == .event(HeardEvent("e", "[\(one)]", attachments: [[0, 1, 255]])))
        #expect(Self.binary(#"[[\#(one)],"AAH/"]"#, dialect: .oneArgument).arguments == "[[\(one)]]")
        #expect(Self.binary(#"[[\#(one)],"AAH\/"]"#).attachments == [[0, 1, 255]])
        #expect(Self.binary(#"[[1, 2]]"#) == .event(HeardEvent("e", "[1, 2]")))
        #expect(Self.binary(#"[null]"#) == .event(HeardEvent("e", "[]")))
        // An attachment that no placeholder names does no harm; a client has it and leaves it.
        #expect(Self.binary(#"[[1],"YQ=="]"#).attachments == [[97]])
        let two = #"{"num":1,"a":{},"_placeholder":true}"#
        #expect(Self.binary(#"[[\#(two),{"x":[\#(one)]}],"YQ==",""]"#).attachments == [[97], []])
    }

    @Test(
        "binary that a client could not put together",
        arguments: [
            "1", "{}", "[]", "null", #""AAH/""#, #"[[1],1]"#, #"[[1],null]"#, #"[[1],"A"]"#, #"[[1],"AAH/\n"]"#, #"[[1],"AA=="," "]"#,
            #"[[1],"AB=="]"#,
            #"[[1],"_-8="]"#, #"[[{"_placeholder":true,"num":1}],"AA=="]"#, #"[[{"_placeholder":true,"num":-1}],"AA=="]"#,
            #"[[{"_placeholder":true,"num":0.0}],"AA=="]"#, #"[[{"_placeholder":true,"num":"0"}],"AA=="]"#,
            #"[[{"_placeholder":true}],"AA=="]"#,
            #"[[{"_placeholder":false,"num":0}],"AA=="]"#, #"[[{"_placeholder":1,"num":0}],"AA=="]"#,
            #"[[{"_placeholder":true,"num":0,"num":0}],"AA=="]"#, #"[[{"_placeholder":true,"_placeholder":true,"num":0}],"AA=="]"#,
            #"[[[{"a":{"_placeholder":true,"num":9}}]],"AA=="]"#, #"[[{"_pl\u0061ceholder":true,"num":2}],"AA=="]"#,
        ])
    func badBinary(data: String) {
        #expect(Self.binary(data) == .fault(.badAttachments))
    }

    @Test(
        "whom it is for",
        arguments: [
            ("", HeardEvent("e", "[1]")),
            (#","room":null,"skip_sid":null"#, HeardEvent("e", "[1]")),
            (#","room":"a","skip_sid":"s""#, HeardEvent("e", "[1]", rooms: ["a"], except: ["s"])),
            (#","room":["a", "b", 7],"skip_sid":["s", "t"]"#, HeardEvent("e", "[1]", rooms: ["a", "b", "7"], except: ["s", "t"])),
            (#","room":7"#, HeardEvent("e", "[1]", rooms: ["7"])),
            (#","room":-7"#, HeardEvent("e", "[1]", rooms: ["-7"])),
            (#","room":"r\u00e9""#, HeardEvent("e", "[1]", rooms: ["ré"])),
            // Nobody is in such a room, and a list without rooms is nobody's either: only null is everyone.
            (#","room":"""#, HeardEvent("e", "[1]", rooms: [])),
            (#","room":[]"#, HeardEvent("e", "[1]", rooms: [])),
            (#","room":"fanfare:x""#, HeardEvent("e", "[1]", rooms: [])),
            (#","room":"a","room":"b","callback":null,"host_id":"0""#, HeardEvent("e", "[1]", rooms: ["b"])),
            (#","skip_sid":[]"#, HeardEvent("e", "[1]")),
            (#","skip_sid":"""#, HeardEvent("e", "[1]")),
        ])
    func audiences(members: String, expected: HeardEvent) {
        #expect(Self.data("1", members, dialect: .detected) == .event(expected))
    }

    @Test(
        "not for this server",
        arguments: [
            (#"{"method":"emit","event":"e","data":1,"namespace":"/admin"}"#, EmitterOutcome.Reason.namespace),
            (#"{"method":"emit","event":"e","data":1,"namespace":null}"#, .namespace),
            (#"{"method":"emit","event":"e","data":1,"namespace":7}"#, .namespace),
            (#"{"method":"emit","event":"e","data":1}"#, .namespace),
            (#"{"method": "disconnect", "sid": "s", "namespace": "/", "host_id": "0"}"#, .method),
            (#"{"method": "enter_room", "sid": "s", "room": "r", "namespace": "/", "host_id": "0"}"#, .method),
            (#"{"method": "leave_room", "sid": "s", "room": "r", "namespace": "/", "host_id": "0"}"#, .method),
            (#"{"method": "close_room", "room": "r", "namespace": "/", "host_id": "0"}"#, .method),
            (#"{"method": "callback", "host_id": "0", "sid": "s", "namespace": "/", "id": 1, "args": []}"#, .method),
            (#"{"method":"Emit","event":"e","data":1,"namespace":"/"}"#, .method),
            (#"{"method":""}"#, .method),
        ])
    func ignored(text: String, reason: EmitterOutcome.Reason) {
        #expect(Outcome.python(text) == .ignored(reason))
    }

    @Test(
        "refused",
        arguments: [
            ("", EmitterFault.unknownEncoding), ("{}", .malformed(.method)), (#"{"method":1}"#, .malformed(.method)),
            ("[]", .malformed(.message)),
            ("1", .malformed(.message)), (#""emit""#, .malformed(.message)), (#"{"method":"emit","namespace":"/"}"#, .malformed(.data)),
            (#"{"method":"emit","namespace":"/","event":null}"#, .malformed(.data)),
            (#"{"method":"emit","namespace":"/","event":"connect"}"#, .badEvent(.reservedEvent)),
            (#"{"method":"emit","namespace":"/","event":"e","room":{}}"#, .malformed(.rooms)),
            (#"{"method":"emit","namespace":"/","event":"e","room":true}"#, .malformed(.rooms)),
            (#"{"method":"emit","namespace":"/","event":"e","room":1.5}"#, .malformed(.rooms)),
            (#"{"method":"emit","namespace":"/","event":"e","room":[["a"]]}"#, .malformed(.rooms)),
            (#"{"method":"emit","namespace":"/","event":"e","skip_sid":{}}"#, .malformed(.rooms)),
            (#"{"method":"emit","data":NaN}"#, .json(JSONFault(offset: 24, reason: .expectedValue))),
            (#"{"method":"emit""#, .json(JSONFault(offset: 16, reason: .unfinished))),
            ("(dp0", .json(JSONFault(offset: 0, reason: .expectedValue))),
        ])
    func refused(text: String, fault: EmitterFault) {
        #expect(Outcome.python(text) == .fault(fault))
    }

    @Test("a pickle is told from what is broken")
    func pickle() {
        let vector = Hex.bytes(
            "80049599000000000000007d94288c066d6574686f64948c04656d6974948c056576656e74948c0568656c6c6f948c0464617461947d948c0161944b01738c096e616d6573"
                + "70616365948c012f948c04726f6f6d948c05726f6f6d31948c08736b69705f736964944e8c0863616c6c6261636b944e8c07686f73745f6964948c20"
                + String(repeating: "30", count: 32) + "94752e")
        #expect(Outcome.python(vector) == .fault(.pickle))
        #expect(Outcome.python([0x80]) == .fault(.pickle))
        #expect(Outcome.python([0x80, 0x05]) == .fault(.pickle))
    }
}
