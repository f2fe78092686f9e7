import Broadcast
import EngineIO
import Realtime
import Testing

/// Long-polling (protocol.md 1.4 to 1.7, 1.12) over real request and answer bytes.
@Suite("Long-polling")
struct PollingTests {
    // MARK: - Handshake

    @Test("the handshake's answer, to the byte apart from the id, is one open packet alone", arguments: ["/socket.io/", "/socket.io"])
    func handshake(path: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.request("GET", "\(path)?EIO=4&transport=polling&t=abc")
        let answer = try #require(try client.answer())
        #expect(answer.status == 200)
        #expect(answer.fields == ["Content-Type: text/plain; charset=UTF-8", "Content-Length: 122", "Cache-Control: no-store"])
        #expect(answer.body.hasPrefix(#"0{"sid":""#))
        #expect(
            answer.body.dropFirst(9 + 24)
                == #"","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#)
        #expect(fixture.realtime[0].sessionCount == 1)
    }

    @Test("ids are never given twice")
    func identifiers() throws {
        let fixture = RealtimeFixture()
        let ids = try Set((0..<50).map { _ in try fixture.openPolling().sid })
        #expect(ids.count == 50 && ids.allSatisfy { $0.utf8.count == 24 })
    }

    // MARK: - GET

    @Test("a poll waits until something is queued, and is answered once")
    func parked() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        #expect(try parked.answers() == [])
        #expect(try client.post(#"42["subscribe","a"]"#)?.summary == "200 ok")
        #expect(try parked.answers() == [], "nothing to say yet")
        fixture.publish("a", "1")
        fixture.publish("a", "2")
        fixture.run()
        let answers = try parked.answers()
        #expect(answers.map(\.body) == ["42[\"e\",1]\u{1E}42[\"e\",2]"])
        #expect(answers.first?.fields == ["Content-Type: text/plain; charset=UTF-8", "Content-Length: 19", "Cache-Control: no-store"])
        fixture.publish("a", "3")
        fixture.run()
        #expect(try parked.answers() == [])
        #expect(try client.poll() == [#"42["e",3]"#])
    }

    @Test("polls one after the other on one connection, with the next one sent ahead")
    func keepAlive() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let connection = try client.park()
        for number in 0..<5 {
            try connection.request("GET", client.target)
            fixture.publish("a", "\(number)")
            fixture.run()
            #expect(try connection.answers().map(\.body) == [#"42["e",\#(number)]"#])
        }
    }

    @Test("16 packets a reply, the rest waits for the next polls")
    func packetsAReply() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        for number in 0..<40 { fixture.publish("a", "\(number)") }
        fixture.run()
        let replies = [try client.poll(), try client.poll(), try client.poll()]
        #expect(replies.map { $0?.count } == [16, 16, 8])
        #expect(replies.flatMap { $0 ?? [] } == (0..<40).map { #"42["e",\#($0)]"# })
        let parked = try client.park()
        for number in 0..<20 { fixture.publish("a", "\(number)") }
        fixture.run()
        #expect(try parked.answer()?.packets.count == 16)
        #expect(try client.poll()?.count == 4)
    }

    @Test("a last reply has no more than 16 packets either", arguments: [("1", "6"), ("40", "1"), ("x", "1")])
    func packetsOfLastReply(fault: String, last: String) throws {
        let client = try RealtimeFixture().joinPolling()
        let parked = try client.park()
        let subscriptions = (0..<20).map { #"42\#($0)["subscribe","a"]"# }
        try client.post((subscriptions + [fault]).joined(separator: "\u{1E}"))
        let packets = try parked.answer()?.packets ?? []
        #expect(packets == (0..<15).map { #"43\#($0)["Entered room: a"]"# } + [last])
    }

    @Test("a second poll beside a waiting one ends the session: 400 for it, a close packet for the first")
    func overlappingPolls() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let first = try client.park()
        #expect(try client.pollAnswer()?.summary == "400 ")
        #expect(try first.answer()?.summary == "200 1")
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("a waiting poll whose connection goes away ends the session")
    func abortedPoll() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        try client.park().disconnect()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("a connection that goes away after its poll was answered ends nothing")
    func lostAfterAnswer() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        fixture.advance(25_016)
        #expect(try parked.answer()?.packets == ["2"])
        let next = try client.park()
        parked.disconnect()
        #expect(try client.post("3", #"421["subscribe","a"]"#)?.summary == "200 ok")
        #expect(try next.answer()?.packets == [#"431["Entered room: a"]"#])
    }

    // MARK: - POST

    @Test("a POST's answer, to the byte")
    func postAnswer() throws {
        let client = try RealtimeFixture().openPolling()
        let answer = try #require(try client.post("40"))
        #expect(answer.status == 200 && answer.body == "ok")
        #expect(answer.fields == ["Content-Type: text/html", "Content-Length: 2", "Cache-Control: no-store"])
    }

    @Test("what the packets of one POST cause leaves together, in order")
    func batch() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.openPolling()
        let parked = try client.park()
        try client.post("40", #"421["subscribe","a"]"#, #"422["subscribe","b"]"#, "3", #"423["unsubscribe","a"]"#)
        let packets = try parked.answer()?.packets ?? []
        #expect(packets.first?.hasPrefix(#"40{"sid":""#) == true)
        #expect(packets.dropFirst() == [#"431["Entered room: a"]"#, #"432["Entered room: b"]"#, #"433["Left room: a"]"#])
    }

    @Test("128 subscriptions in one POST, as a stock client sends them, are answered over the next polls")
    func manySubscriptions() throws {
        let client = try RealtimeFixture().joinPolling()
        let body = (0..<128).map { #"42\#($0)["subscribe","c\#($0)"]"# }.joined(separator: "\u{1E}")
        #expect(try client.post(body)?.summary == "200 ok")
        var packets: [String] = []
        for _ in 0..<8 { packets += try client.poll() ?? [] }
        #expect(packets == (0..<128).map { #"43\#($0)["Entered room: c\#($0)"]"# })
    }

    @Test("a chunked body, byte by byte")
    func chunked() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let connection = try fixture.connect()
        let text = "POST \(client.target) HTTP/1.1\r\nHost: localhost:8000\r\nTransfer-Encoding: chunked\r\n\r\n"
        for byte in (text + "3\r\n421\r\n10\r\n[\"subscribe\",\"a\"\r\n1\r\n]\r\n0\r\n\r\n").utf8 { try connection.send([byte]) }
        #expect(try connection.answer()?.summary == "200 ok")
        #expect(try client.poll() == [#"431["Entered room: a"]"#])
    }

    @Test("a second POST while one is under way ends the session")
    func overlappingPosts() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        let first = try fixture.connect()
        try first.send("POST \(client.target) HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: 2\r\n\r\n")
        #expect(try client.post("3")?.summary == "400 ")
        #expect(try parked.answer()?.summary == "200 1")
        try first.send("40")
        #expect(try first.answer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("a POST whose connection goes away ends the session")
    func lostPost() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        let post = try fixture.connect()
        try post.send("POST \(client.target) HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: 20\r\n\r\n42")
        post.disconnect()
        #expect(try parked.answer()?.summary == "200 1")
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("256 packets a POST; with one more it is refused and the session ends")
    func packetsAPost() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        #expect(try client.post(Array(repeating: "3", count: 256).joined(separator: "\u{1E}"))?.summary == "200 ok")
        let parked = try client.park()
        #expect(try client.post(Array(repeating: "3", count: 257).joined(separator: "\u{1E}"))?.summary == "400 ")
        #expect(try parked.answer()?.summary == "200 1")
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("too many events: 400 and the end; what came before was worked off")
    func events() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        #expect(try client.post(Array(repeating: #"42["x"]"#, count: 254).joined(separator: "\u{1E}"))?.summary == "200 ok")
        let parked = try client.park()
        #expect(try client.post(#"421["subscribe","a"]"#, #"422["subscribe","b"]"#)?.summary == "400 ")
        #expect(try parked.answer()?.packets == [#"431["Entered room: a"]"#, "1"])
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test(
        "a body over the limit is 413, and the session lives on",
        arguments: ["Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n65\r\n"])
    func tooLarge(framing: String) throws {
        var settings = RealtimeSettings()
        settings.maximumPayload = 100
        let fixture = RealtimeFixture(settings: settings)
        let client = try fixture.joinPolling()
        let post = try fixture.connect()
        try post.send("POST \(client.target) HTTP/1.1\r\nHost: localhost:8000\r\n\(framing)")
        try post.send(String(repeating: "4", count: 101))
        #expect(try post.answer()?.summary == "413 ")
        #expect(try client.post(#"421["subscribe","a"]"#)?.summary == "200 ok")
        #expect(try client.poll() == [#"431["Entered room: a"]"#])
    }

    @Test(
        "an undecodable body is 400 and the end; packets before the fault count",
        arguments: [
            "", "abc", "4\u{1E}", "\u{1E}", "3\u{1E}\u{1E}3", "8", "b!", "2",
        ])
    func undecodable(body: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        #expect(try client.post(#"421["subscribe","a"]"# + "\u{1E}" + body)?.summary == "400 ")
        #expect(try parked.answer()?.packets == [#"431["Entered room: a"]"#, "1"])
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("an empty body, and bytes that are no UTF-8, are undecodable", arguments: [[], [0x34, 0x32, 0xFF]] as [[UInt8]])
    func undecodableBytes(body: [UInt8]) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let post = try fixture.connect()
        try post.send("POST \(client.target) HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: \(body.count)\r\n\r\n")
        if !body.isEmpty { try post.send(body) }
        #expect(try post.answer()?.summary == "400 ")
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test(
        "application/octet-stream is refused and ends the session; other types are taken",
        arguments: [
            ("application/octet-stream", false), ("Application/Octet-Stream ; a=b", false), ("text/plain;charset=UTF-8", true),
            ("application/json", true),
        ])
    func contentTypes(type: String, isTaken: Bool) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        #expect(try client.post(#"421["subscribe","a"]"#, fields: ["Content-Type: \(type)"])?.summary == (isTaken ? "200 ok" : "400 "))
        #expect(try parked.answer()?.summary == (isTaken ? #"200 431["Entered room: a"]"# : "200 1"))
        #expect(fixture.realtime[0].sessionCount == (isTaken ? 1 : 0))
    }

    // MARK: - The end

    @Test("a client that leaves: its poll gets a noop, its POST an ok")
    func leaving() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let parked = try client.park()
        #expect(try client.post("41", "1")?.summary == "200 ok")
        #expect(try parked.answer()?.summary == "200 6")
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
    }

    @Test("a packet that breaks Socket.IO closes the session: a waiting poll hears it at once")
    func violationWhileParked() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        #expect(try client.post(#"421["subscribe","a"]"#, "40", #"422["subscribe","b"]"#)?.summary == "200 ok")
        #expect(try parked.answer()?.packets == [#"431["Entered room: a"]"#, "1"])
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("without a waiting poll the next ones fetch what is left, then the end")
    func violationWhileAbsent() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        #expect(try client.post(#"421["subscribe","a"]"#, "40", #"422["subscribe","b"]"#)?.summary == "200 ok")
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0), "nothing is delivered after the end")
        #expect(try client.post("3")?.summary == Answer.unknownSession)
        #expect(try client.poll() == [#"431["Entered room: a"]"#])
        #expect(try client.poll() == ["6", "1"])
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("who does not fetch the end is forgotten after 30 s")
    func forgotten() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post("40")
        fixture.advance(29_984)
        #expect(fixture.realtime[0].sessionCount == 1)
        fixture.advance(32)
        #expect(fixture.realtime[0].sessionCount == 0)
    }
}
