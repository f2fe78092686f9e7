import Broadcast
import HTTPEdge
import Testing

@Suite("Publish endpoint: success")
struct PublishTests {
    @Test("the whole answer is a head with type and length, and the original's three members with the count")
    func wholeAnswer() throws {
        let fixture = try APIFixture.publish()
        let body = #"{"Event":"update","channel":"news","data":{"id":7},"subscribers":0}"#
        #expect(
            try fixture.post("/broadcast/news/update", #"{"id":7}"#)
                == Answer(
                    status: 200, reason: "OK", fields: ["content-type": "application/json", "content-length": "\(body.utf8.count)"],
                    body: body))
    }

    @Test("a publish counts as begun until its body is complete, too large or lost; while draining none begins")
    func begun() throws {
        let fixture = try APIFixture.publish(maximumBody: 10)
        let head = "POST /broadcast/a/e HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        #expect(try fixture.send(Array((head + "Content-Length: 3\r\n\r\n1").utf8)).isEmpty)
        #expect(fixture.http.begunPublishes == 1)
        #expect(try fixture.send(Array("23".utf8)).map(\.status) == [200])
        #expect(fixture.http.begunPublishes == 0)
        #expect(try fixture.send(Array((head + "Content-Length: 11\r\n\r\n").utf8)).map(\.status) == [413])
        #expect(fixture.http.begunPublishes == 0)

        let draining = try APIFixture.publish()
        draining.http.isDraining = true
        let answer = try draining.post("/broadcast/a/e", "1")
        #expect(answer.status == 503 && answer.fields["connection"] == "close" && draining.http.begunPublishes == 0)
    }

    @Test("subscribers counts the channel's subscriptions at that moment, and each of them gets the event")
    func subscribers() throws {
        let fixture = try APIFixture.publish()
        let first = fixture.subscribe(to: "news"), second = fixture.subscribe(to: "news"), other = fixture.subscribe(to: "sport")
        #expect(try fixture.post("/broadcast/news/update", "1").body == #"{"Event":"update","channel":"news","data":1,"subscribers":2}"#)
        #expect(first.packets.isEmpty)
        fixture.run()
        #expect(first.packets == [#"42["update",1]"#])
        #expect(second.packets == first.packets)
        #expect(other.packets.isEmpty)

        fixture.shard.unsubscribeAll(second)
        #expect(try fixture.post("/broadcast/news/update", "2").body.hasSuffix(#","subscribers":1}"#))
        #expect(try fixture.post("/broadcast/nobody/update", "3").body.hasSuffix(#","subscribers":0}"#))
        fixture.run()
        #expect(first.packets == [#"42["update",1]"#, #"42["update",2]"#])
        #expect(second.packets.count == 1)
    }

    @Test("a channel with more than nine subscriptions is counted in full")
    func manySubscribers() throws {
        let fixture = try APIFixture.publish()
        let subscribers = (0..<1_234).map { _ in fixture.subscribe(to: "news") }
        #expect(try fixture.post("/broadcast/news/e", "1").body == #"{"Event":"e","channel":"news","data":1,"subscribers":1234}"#)
        #expect(try fixture.post("/broadcast/news/e", "1", ["Prefer: return=minimal"]).body == #"{"subscribers":1234}"#)
        fixture.run()
        #expect(subscribers.allSatisfy { $0.packets.count == 2 })
    }

    @Test(
        "the bytes posted are the bytes answered and delivered",
        arguments: [
            "{}", "[]", "0", "-0", "0.10", "1e400", "-1E-400", "1234567890123456789012345678901234567890", "true", "false", "null", #""""#,
            #""a\/b\u0041\ud83d\ude00""#, #""é 日本語 😀""#, "\"e\u{301}\"", "\"\u{2028}\u{FFFD}\u{FEFF}\"", #"{"b":1,"a":2,"b":3}"#,
            "{ \"a\" :\n\t[ 1 , 2 ] }", "[\"\\\"\\\\\"]", String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
            "\"" + String(repeating: "x", count: 200_000) + "\"",
        ])
    func unaltered(json: String) throws {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: "c")
        let answer = try fixture.post("/broadcast/c/e", json)
        #expect(answer.status == 200)
        #expect(Array(answer.body.utf8) == Array(#"{"Event":"e","channel":"c","data":\#(json),"subscribers":1}"#.utf8))
        fixture.run()
        #expect(subscriber.packets.map { Array($0.utf8) } == [Array(#"42["e",\#(json)]"#.utf8)])
    }

    @Test("white space around the value is dropped", arguments: [" 1", "1 ", "\t\r\n 1 \n\r\t", "1\n", "\n1"])
    func outerWhiteSpace(json: String) throws {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: "c")
        #expect(try fixture.post("/broadcast/c/e", json).body == #"{"Event":"e","channel":"c","data":1,"subscribers":1}"#)
        fixture.run()
        #expect(subscriber.packets == [#"42["e",1]"#])
    }

    @Test(
        "each segment is decoded once, and written into the answer as a JSON string",
        arguments: [
            ("a%20b", "a b", "a b"), ("a+b", "a+b", "a+b"), ("a%2Bb", "a+b", "a+b"), ("a%2Fb", "a/b", "a/b"), ("a%2fb", "a/b", "a/b"),
            ("a%252Fb", "a%2Fb", "a%2Fb"), ("%22", "\"", #"\""#), ("%5C", "\\", #"\\"#), (#"a\b"#, #"a\b"#, #"a\\b"#),
            ("%22%5C%22%5C", #""\"\"#, #"\"\\\"\\"#), ("%C3%A9", "é", "é"), ("%E6%97%A5", "日", "日"), ("%F0%9F%98%80", "😀", "😀"),
            ("é", "é", "é"),
            ("e%CC%81", "e\u{301}", "e\u{301}"), ("room:1,a;b=c@d!$&'()*~", "room:1,a;b=c@d!$&'()*~", "room:1,a;b=c@d!$&'()*~"),
            ("%3F%23", "?#", "?#"), ("...", "...", "..."), ("%25x", "%x", "%x"),
        ])
    func names(segment: String, name: String, escaped: String) throws {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: name)
        let answer = try fixture.post("/broadcast/\(segment)/\(segment)", "1")
        #expect(answer.status == 200)
        #expect(
            Array(answer.body.utf8) == Array(#"{"Event":"\#(escaped)","channel":"\#(escaped)","data":1,"subscribers":1}"#.utf8))
        fixture.run()
        #expect(subscriber.packets.map { Array($0.utf8) } == [Array(#"42["\#(escaped)",1]"#.utf8)])
    }

    @Test("names that look the same are two channels when their bytes differ")
    func byBytes() throws {
        let fixture = try APIFixture.publish()
        let composed = fixture.subscribe(to: "caf\u{E9}"), decomposed = fixture.subscribe(to: "cafe\u{301}")
        _ = try fixture.post("/broadcast/caf%C3%A9/e", "1")
        _ = try fixture.post("/broadcast/CAF%C3%A9/e", "2")
        fixture.run()
        #expect(composed.packets == [#"42["e",1]"#])
        #expect(decomposed.packets.isEmpty)
    }

    @Test("a name of 200 bytes is taken")
    func longestName() throws {
        let fixture = try APIFixture.publish()
        let name = String(repeating: "é", count: 100)
        let segment = String(repeating: "%C3%A9", count: 100)
        let answer = try fixture.post("/broadcast/\(segment)/\(segment)", "1")
        #expect(answer.body == #"{"Event":"\#(name)","channel":"\#(name)","data":1,"subscribers":0}"#)
    }

    @Test("a query is ignored", arguments: ["?", "?x=1", "?a/b/c", "?%"])
    func query(query: String) throws {
        let answer = try APIFixture.publish().post("/broadcast/c/e\(query)", "1")
        #expect(answer.body == #"{"Event":"e","channel":"c","data":1,"subscribers":0}"#)
    }

    @Test(
        "Prefer: return=minimal leaves the count only, and says so",
        arguments: [
            ["Prefer: return=minimal"], ["prefer: Return=Minimal"], ["Prefer: return=\"minimal\""], ["Prefer: return = minimal"],
            ["Prefer: respond-async, return=minimal"], ["Prefer: return=minimal;foo=bar, wait=10"],
            ["Prefer: wait=10", "Prefer: return=minimal"],
            ["Prefer: return=minimal, return=representation"],
        ])
    func minimal(fields: [String]) throws {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: "c")
        #expect(
            try fixture.post("/broadcast/c/e", "1", fields)
                == Answer(
                    status: 200, reason: "OK",
                    fields: ["content-type": "application/json", "content-length": "17", "preference-applied": "return=minimal"],
                    body: #"{"subscribers":1}"#))
        fixture.run()
        #expect(subscriber.packets == [#"42["e",1]"#])
    }

    @Test(
        "any other preference changes nothing",
        arguments: [
            ["Prefer: return=representation"], ["Prefer: minimal"], ["Prefer: return"], ["Prefer: return=minimalist"],
            ["Prefer: x;return=minimal"],
            ["Prefer: return=representation, return=minimal"], ["Prefer: return=representation", "Prefer: return=minimal"], ["Prefer:"],
            ["Prefer: ,,"],
        ])
    func otherPreferences(fields: [String]) throws {
        let answer = try APIFixture.publish().post("/broadcast/c/e", "1", fields)
        #expect(answer.body == #"{"Event":"e","channel":"c","data":1,"subscribers":0}"#)
        #expect(answer.fields["preference-applied"] == nil)
    }

    @Test("requests behind each other on one connection are answered in order")
    func pipelined() throws {
        let fixture = try APIFixture.publish()
        let subscriber = fixture.subscribe(to: "c")
        let requests = (0..<5).map { number in
            "POST /broadcast/c/e HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n\(number)"
        }
        let answers = try fixture.send(Array(requests.joined().utf8))
        #expect(answers.map(\.body) == (0..<5).map { #"{"Event":"e","channel":"c","data":\#($0),"subscribers":1}"# })
        fixture.run()
        #expect(subscriber.packets == (0..<5).map { #"42["e",\#($0)]"# })
    }

    @Test("a body in chunks, or byte by byte, is one body")
    func pieces() throws {
        let fixture = try APIFixture.publish()
        let head = "POST /broadcast/c/e HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        let chunked = try fixture.send(Array((head + "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n").utf8))
        #expect(chunked.map(\.body) == [#"{"Event":"e","channel":"c","data":[1,2],"subscribers":0}"#])
        var answers: [Answer] = []
        for byte in (head + "Content-Length: 5\r\n\r\n[1,2]").utf8 { answers += try fixture.send([byte]) }
        #expect(answers == chunked)
    }
}
