import FanfareClient
import NIOCore
import TestSupport
import Testing
import WebSocketFraming

@Suite("A Socket.IO client connection")
struct SocketIOClientConnectionTests {
    @Test("connects, subscribes, hears events and answers pings")
    func wholeLife() throws {
        let fixture = try ClientFixture(subscribesTo: #"a"b"#)
        try fixture.receive(try fixture.upgradeAnswer())
        #expect(try fixture.sent() == [])
        try fixture.receive(ClientFixture.text(ClientFixture.open))
        #expect(try fixture.sent() == ["40"])
        try fixture.receive(ClientFixture.text(#"40{"sid":"x"}"#))
        #expect(try fixture.sent() == [#"421["subscribe","a\"b"]"#])
        try fixture.receive(ClientFixture.text(#"431["Entered room: a\"b"]"#) + ClientFixture.text(#"42["e",1e400]"#))
        try fixture.receive(ClientFixture.text("2") + ClientFixture.frame(.ping, [0x68, 0x69]))
        #expect(try fixture.sent() == ["3", "pong hi"])
        #expect(fixture.heard == [.connected, .answered(refusal: nil), .event(#""e""#, "1e400")])
        fixture.connection.close()
        #expect(try fixture.sent() == ["close 1000"])
        #expect(!fixture.isActive)
        #expect(fixture.heard.count == 3)
    }

    @Test("what is not for it changes nothing", arguments: ["6", "3", "4", "42", "45", "46", "7"])
    func otherPackets(packet: String) throws {
        let fixture = try ClientFixture.connected()
        // A binary frame, a binary event, one in the form of other namespaces, and an event without an argument.
        try fixture.receive(ClientFixture.frame(.binary, [1, 2]) + ClientFixture.text(#"451-["e",{"_placeholder":true,"num":0}]"#))
        try fixture.receive(ClientFixture.text("6") + ClientFixture.text("42/other,[1]") + ClientFixture.text(#"42["e"]"#))
        #expect(fixture.heard == [.connected, .event(#""e""#, "")])
        // And what is none of the protocol's packets ends it, or does not; it never stops the process.
        try fixture.receive(ClientFixture.text(packet))
        #expect(fixture.heard.count <= 3)
    }

    @Test(
        "acknowledgements",
        arguments: [
            (#"431["Entered room: c"]"#, .answered(refusal: nil)),
            (#"431[{"ok":true,"channel":"c"}]"#, .answered(refusal: nil)),
            (#"431[{"ok":false,"channel":"c","error":{"code":"x","message":"No\u001b[2J."}}]"#, .answered(refusal: #"No\u001b[2J."#)),
            (#"431[{"ok":false}]"#, .answered(refusal: "without a reason")),
            (#"431[]"#, .answered(refusal: nil)),
            (#"432["c"]"#, .lost(.protocolViolation("a bad acknowledgement"))),
            (#"43["c"]"#, .lost(.protocolViolation("a bad acknowledgement"))),
            (#"431["c""#, .lost(.protocolViolation("a bad acknowledgement"))),
            (#"4399999999999999999999999["c"]"#, .lost(.protocolViolation("a bad acknowledgement"))),
        ] as [(String, Heard)])
    func acknowledgement(packet: String, expected: Heard) throws {
        let fixture = try ClientFixture.connected(subscribesTo: "c")
        try fixture.receive(ClientFixture.text(packet))
        #expect(fixture.heard == [.connected, expected])
    }

    @Test(
        "a server that ends it is heard once",
        arguments: [
            (ClientFixture.text("1"), .closed(nil)),
            (ClientFixture.text("41"), .closed(nil)),
            (ClientFixture.frame(.close, [0x03, 0xE9]), .closed(.goingAway)),
            (ClientFixture.frame(.close, []), .closed(nil)),
            (ClientFixture.text(#"44{"message":"token refused"}"#), .connectRefused("token refused")),
            (ClientFixture.text(#"44"no""#), .connectRefused("without a reason")),
            (ClientFixture.text(#"40{"sid":"again"}"#), .protocolViolation("a second CONNECT")),
            (ClientFixture.text(ClientFixture.open), .protocolViolation("a bad open packet")),
            (ClientFixture.text("4x"), .protocolViolation("a bad message")),
            (ClientFixture.text("hello"), .protocolViolation("an unknown packet")),
            (ClientFixture.text(""), .protocolViolation("an unknown packet")),
        ] as [([UInt8], ConnectionLoss)])
    func endings(bytes: [UInt8], loss: ConnectionLoss) throws {
        let fixture = try ClientFixture.connected()
        try fixture.receive(bytes + ClientFixture.text(#"42["late",1]"#))
        #expect(fixture.heard == [.connected, .lost(loss)])
        #expect(!fixture.isActive)
    }

    @Test("a stream that just ends is a loss")
    func endOfStream() throws {
        let fixture = try ClientFixture.connected()
        try fixture.channel.close().wait()
        #expect(fixture.heard == [.connected, .lost(.closed(nil))])
    }

    @Test(
        "a bad open packet is refused",
        arguments: [
            "0", "0{}", "0[]", #"0{"pingInterval":1}"#, #"0{"pingInterval":-1,"pingTimeout":1}"#, #"0{"pingInterval":"1","pingTimeout":1}"#,
            #"0{"pingInterval":99999999999999999999,"pingTimeout":1}"#, #"0{"pingInterval":1,"pingTimeout":1"#,
        ])
    func badOpen(packet: String) throws {
        let fixture = try ClientFixture()
        try fixture.receive(try fixture.upgradeAnswer() + ClientFixture.text(packet))
        #expect(fixture.heard == [.lost(.protocolViolation("a bad open packet"))])
    }

    @Test("a packet before its time is refused", arguments: [#"42["e",1]"#, #"40{"sid":"x"}"#, #"431["c"]"#])
    func tooEarly(packet: String) throws {
        let fixture = try ClientFixture()
        try fixture.receive(try fixture.upgradeAnswer() + ClientFixture.text(packet))
        #expect(fixture.heard == [.lost(.protocolViolation("a bad message"))])
    }

    // MARK: - Silence

    @Test("without an answer to CONNECT it gives up after ten seconds")
    func silentFromTheStart() throws {
        let fixture = try ClientFixture()
        try fixture.receive(try fixture.upgradeAnswer() + ClientFixture.text(ClientFixture.open))
        fixture.advance(milliseconds: 9_999)
        #expect(fixture.heard == [])
        fixture.advance(milliseconds: 1)
        #expect(fixture.heard == [.lost(.silence)])
    }

    @Test("pings keep it, their absence for interval and timeout ends it")
    func heartbeat() throws {
        let fixture = try ClientFixture.connected(subscribesTo: "c")
        try fixture.receive(ClientFixture.text(#"431["c"]"#))
        for _ in 0..<10 {
            fixture.advance(milliseconds: 499)
            #expect(fixture.heard == [.connected, .answered(refusal: nil)])
            try fixture.receive(ClientFixture.text("2"))
        }
        // Other packets are no pings.
        fixture.advance(milliseconds: 400)
        try fixture.receive(ClientFixture.text(#"42["e",1]"#))
        fixture.advance(milliseconds: 100)
        #expect(fixture.heard.dropFirst(2) == [.event(#""e""#, "1"), .lost(.silence)])
    }

    @Test("a server that pings but never answers a subscription is given up after ten seconds")
    func unanswered() throws {
        let fixture = try ClientFixture.connected(subscribesTo: "c")
        for _ in 0..<99 {
            fixture.advance(milliseconds: 100)
            try fixture.receive(ClientFixture.text("2"))
        }
        #expect(fixture.heard == [.connected])
        fixture.advance(milliseconds: 100)
        #expect(fixture.heard == [.connected, .lost(.silence)])
    }

    @Test("several subscriptions are answered in any order, each once")
    func several() throws {
        let fixture = try ClientFixture.connected()
        for name in ["a", "b"] { fixture.connection.subscribe(to: Array(name.utf8).span) }
        try fixture.receive(ClientFixture.text(#"432["b"]"#) + ClientFixture.text(#"431["a"]"#))
        #expect(fixture.heard == [.connected, .answered(refusal: nil), .answered(refusal: nil)])
        try fixture.receive(ClientFixture.text(#"431["a"]"#))
        #expect(fixture.heard.last == .lost(.protocolViolation("a bad acknowledgement")))
    }

    // MARK: - However the bytes come

    @Test("the cuts between reads change nothing", arguments: 0..<20 as Range<UInt64>)
    func splits(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var conversation = ClientFixture.text(ClientFixture.open) + ClientFixture.text(#"40{"sid":"x"}"#)
        var expected: [Heard] = [.connected]
        let longest = [1, 7, 1_000, 100_000].randomElement(using: &generator) ?? 1
        for number in 0..<20 {
            let sizes = longest < 1_000 ? [0, 30, 70, 300] : [0, 70, 3_000, 40_000]
            let data = String(repeating: "é", count: sizes.randomElement(using: &generator) ?? 0)
            conversation += ClientFixture.text("42[\"e\(number)\",\"\(data)\"]") + ClientFixture.text("2")
            expected.append(.event("\"e\(number)\"", "\"\(data)\""))
        }
        let fixture = try ClientFixture()
        var rest = (try fixture.upgradeAnswer() + conversation)[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...longest, using: &generator))
            try fixture.receive(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(fixture.heard == expected)
        #expect(try fixture.sent() == ["40"] + Array(repeating: "3", count: 20))
    }

    @Test("garbage ends it at most once, and stops nothing else", arguments: 0..<10 as Range<UInt64>)
    func garbage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let packets = ["42[\"e\",{\"a\":[1,2]}]", "431[\"x\"]", "44{\"message\":1}", "0{\"pingInterval\":1}", "2", "41", "42[", "4"]
        for round in 0..<200 {
            let fixture = try ClientFixture.connected(subscribesTo: "c")
            var bytes: [UInt8] = []
            for _ in 0..<4 {
                var packet = Array((packets.randomElement(using: &generator) ?? "").utf8)
                for _ in 0..<Int.random(in: 0...2, using: &generator) where !packet.isEmpty {
                    packet[Int.random(in: 0..<packet.count, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
                }
                bytes += ClientFixture.frame(.text, packet)
            }
            if round % 2 == 0 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            try fixture.receive(bytes)
            try fixture.receive(bytes)
            try? fixture.channel.close().wait()
            let losses = fixture.heard.filter { if case .lost = $0 { true } else { false } }
            #expect(losses.count == 1)
            if case .lost = fixture.heard.last {} else { Issue.record("something was heard after the loss") }
        }
    }

    @Test("a masked frame is refused")
    func maskedFrame() throws {
        let fixture = try ClientFixture.connected()
        try fixture.receive([0x81, 0x81, 1, 2, 3, 4, 0x33])
        #expect(fixture.heard == [.connected, .lost(.protocolViolation("a WebSocket frame that breaks the rules (1002)"))])
        #expect(try fixture.sent().last == "close 1002")
    }

    @Test(
        "a message over the limit is refused at its header",
        arguments: [[0x81, 0x7F, 0, 0, 0, 0, 0, 0x10, 0, 1], [0x81, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]])
    func hugeLength(header: [UInt8]) throws {
        let fixture = try ClientFixture.connected()
        try fixture.receive(header)
        #expect(fixture.heard == [.connected, .lost(.protocolViolation("a WebSocket frame that breaks the rules (1009)"))])
    }
}
