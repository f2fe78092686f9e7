import Testing

@Suite("Publish endpoint: bad names and bodies")
struct PublishContentTests {
    /// The 422 for a POST; nobody may have been sent anything.
    private func refusal(_ target: [UInt8], body: [UInt8]) throws -> String {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: "c")
        let head = "HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        let answers = try fixture.send(Array("POST ".utf8) + target + Array(" \(head)".utf8) + body)
        fixture.run()
        #expect(subscriber.packets.isEmpty)
        #expect(answers.map(\.status) == [422])
        #expect(answers.first?.fields["connection"] == nil)
        return answers.first?.body ?? ""
    }

    private static let names: [(String, String)] = [
        ("%0A", "The name contains a control character."), ("a%00", "The name contains a control character."),
        ("%7F", "The name contains a control character."), ("%C2%85", "The name contains a control character."),
        ("%20a", "The name begins or ends with a space."), ("a%20", "The name begins or ends with a space."),
        (".", "The names . and .. are not allowed."), ("%2E%2e", "The names . and .. are not allowed."),
        ("fanfare:x", "Names that begin with fanfare: belong to the server."),
        ("fanfare%3Ax", "Names that begin with fanfare: belong to the server."),
        (String(repeating: "a", count: 201), "The name is longer than 200 bytes of UTF-8."),
        ("%E2%80%A8", "The name contains a line or paragraph separator (U+2028 or U+2029)."),
        ("%E2%80%AE", "The name contains a control character for the direction of text."),
        ("%EF%BB%BFa", "The name contains a byte order mark (U+FEFF)."),
        ("%EF%BF%BD", "The name contains U+FFFD, which stands for text that could not be decoded."),
    ]

    @Test("a name that is not allowed: 422 that says which and why", arguments: names)
    func badName(segment: String, message: String) throws {
        #expect(
            try refusal(Array("/broadcast/\(segment)/e".utf8), body: Array("1".utf8))
                == #"{"detail":[{"type":"name_invalid","loc":["path","channel"],"msg":"\#(message)"}]}"#)
        #expect(
            try refusal(Array("/broadcast/c/\(segment)".utf8), body: Array("1".utf8))
                == #"{"detail":[{"type":"name_invalid","loc":["path","event"],"msg":"\#(message)"}]}"#)
    }

    @Test(
        "a bad escape and bad UTF-8, encoded or raw: 422",
        arguments: [
            Array("%".utf8), Array("%4".utf8), Array("%zz".utf8), Array("a%4".utf8), Array("%u0041".utf8), Array("%FF".utf8),
            Array("%C3".utf8), Array("%C3%28".utf8), Array("%C0%AF".utf8), Array("%ED%A0%80".utf8), Array("%F4%90%80%80".utf8), [0xFF],
            [0xC3], [0xC3, 0x28], [0x61, 0xED, 0xA0, 0x80],
        ])
    func undecodable(segment: [UInt8]) throws {
        let one = Array("1".utf8)
        #expect(
            try refusal(Array("/broadcast/".utf8) + segment + Array("/e".utf8), body: one)
                == #"{"detail":[{"type":"name_invalid","loc":["path","channel"],"msg":"The channel has a bad percent escape or is not UTF-8"}]}"#
        )
        #expect(
            try refusal(Array("/broadcast/c/".utf8) + segment, body: one)
                == #"{"detail":[{"type":"name_invalid","loc":["path","event"],"msg":"The event has a bad percent escape or is not UTF-8"}]}"#
        )
    }

    @Test(
        "names that Socket.IO keeps are refused as events, taken as channels",
        arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "conn%65ct"])
    func reservedEvent(segment: String) throws {
        #expect(
            try refusal(Array("/broadcast/c/\(segment)".utf8), body: Array("1".utf8))
                == #"{"detail":[{"type":"name_invalid","loc":["path","event"],"msg":"The event name is reserved by Socket.IO."}]}"#)
        #expect(try APIFixture.publish().post("/broadcast/\(segment)/e", "1").status == 200)
    }

    @Test("a bad channel is told before a bad event, both before a bad body")
    func order() throws {
        #expect(try refusal(Array("/broadcast/%/%".utf8), body: []).contains(#""loc":["path","channel"]"#))
        #expect(try refusal(Array("/broadcast/c/%".utf8), body: []).contains(#""loc":["path","event"]"#))
        #expect(try refusal(Array("/broadcast/c/e".utf8), body: []).contains(#""loc":["body",0]"#))
    }

    private static let value =
        "A JSON value is expected here: an object, array, string in double quotes, number, true, false or null."
    private static let bodies: [(String, Int, String)] = [
        ("", 0, "The text is empty where one JSON value is needed."),
        ("False", 0, value), ("NaN", 0, value), ("'a'", 0, value), ("hello", 0, value), ("Infinity", 0, value), ("undefined", 0, value),
        ("[1,NaN]", 3, value), ("a=1&b=2", 0, value),
        ("[1,]", 2, "A comma may not stand before a closing bracket or brace."),
        (#"{"a":1,}"#, 6, "A comma may not stand before a closing bracket or brace."),
        ("1 2", 2, "Something follows the JSON value; only one value is allowed."),
        ("{}{}", 2, "Something follows the JSON value; only one value is allowed."),
        ("{\"a\":1}\n{\"a\":2}", 8, "Something follows the JSON value; only one value is allowed."),
        ("\u{FEFF}{}", 0, "The text begins with a byte order mark, which JSON does not allow."),
        ("[1", 2, "The text ends before the JSON value does."), ("{", 1, "The text ends before the JSON value does."),
        (#"[1,"a]"#, 3, "The string that begins here is never closed."),
        (#""\ud800""#, 1, "The escape is one half of a surrogate pair without the other half."),
        (#""\x""#, 1, "The backslash does not begin one of the escapes that JSON knows."),
        ("{a:1}", 1, "A member name in double quotes is expected here."),
        (#"{"a" 1}"#, 5, "A colon is expected after the member name."),
        ("[1 2]", 3, "A comma or a closing bracket is expected after an array element."),
        ("01", 0, "The number is not written as JSON wants it: no leading zeros, and a digit after every sign, point and exponent."),
        (
            String(repeating: "[", count: 65) + String(repeating: "]", count: 65), 64,
            "Arrays and objects are nested more than 64 levels deep."
        ),
    ]

    @Test("a body that is not one JSON value: 422 with the byte and the reason", arguments: bodies)
    func badBody(body: String, offset: Int, message: String) throws {
        #expect(
            try refusal(Array("/broadcast/c/e".utf8), body: Array(body.utf8))
                == #"{"detail":[{"type":"json_invalid","loc":["body",\#(offset)],"msg":"\#(message)"}]}"#)
    }

    @Test("white space alone is an empty body", arguments: [" ", "\n", " \t\r\n "])
    func blank(body: String) throws {
        #expect(
            try refusal(Array("/broadcast/c/e".utf8), body: Array(body.utf8)).hasSuffix(
                #""msg":"The text is empty where one JSON value is needed."}]}"#))
    }

    @Test(
        "a body that is not UTF-8: 422 at its byte",
        arguments: [([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x28, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1)] as [([UInt8], Int)])
    func notUTF8(body: [UInt8], offset: Int) throws {
        #expect(
            try refusal(Array("/broadcast/c/e".utf8), body: body)
                == #"{"detail":[{"type":"json_invalid","loc":["body",\#(offset)],"msg":"The text is not valid UTF-8 here."}]}"#)
    }

    @Test("after a refusal the connection goes on")
    func goesOn() throws {
        let fixture = try APIFixture.publish()
        #expect(try fixture.post("/broadcast/c/e", "[1,]").status == 422)
        #expect(try fixture.post("/broadcast/%/e", "1").status == 422)
        #expect(try fixture.request("GET", "/broadcast/c/e").status == 405)
        #expect(try fixture.post("/broadcast/c/e", "1").status == 200)
    }
}
