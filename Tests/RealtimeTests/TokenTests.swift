import Broadcast
@testable import Realtime
import Testing

/// Tokens at CONNECT and at subscribe, over a WebSocket (contract 6).
@Suite("Tokens")
struct TokenTests {
    private static let refused = ServerFrame.text(#"44{"message":"token refused","data":{"code":"token_invalid"}}"#)

    private static func refusal(_ code: String, _ channel: String?) -> String {
        #"{"ok":false,"channel":\#(channel.map { "\"\($0)\"" } ?? "null"),"error":{"code":"\#(code)","message":""#
    }

    private static func fixture(isPatient: Bool = false, loops: Int = 1, settings: RealtimeSettings = RealtimeSettings()) -> RealtimeFixture
    {
        RealtimeFixture(
            loops: loops, settings: settings, verifier: ScriptedVerifier(isPatient: isPatient), tokenChannels: ["secret.*", "private-*"])
    }

    private static func join(_ fixture: RealtimeFixture, _ token: String) throws -> Client {
        let client = try fixture.openWebSocket()
        try client.send(message: .connect(token))
        #expect(try client.frames().first?.hasPrefix(#"40{"sid":""#) == true)
        return client
    }

    // MARK: - CONNECT

    @Test("a good token connects; none at all connects too", arguments: [nil, TestToken.text("alice", "secret.*")])
    func connect(token: String?) throws {
        let client = try Self.fixture().openWebSocket()
        try client.send(message: token.map { .connect($0) } ?? #"40{"user":"x"}"#)
        let frames = try client.frames()
        #expect(frames.count == 1 && frames.first?.hasPrefix(#"40{"sid":""#) == true)
    }

    @Test(
        "every bad token is answered alike, and the session may try again",
        arguments: [
            #"{"token":"bad"}"#, #"{"token":""}"#, #"{"token":null}"#, #"{"token":1}"#, #"{"token":["a"]}"#, #"{"token":"a","token":"a"}"#,
            #"{"token":\#(TestToken.text("alice", seconds: -5).quoted)}"#, #"{"token":\#(TestToken.text("", "a").quoted)}"#,
        ])
    func badToken(auth: String) throws {
        let client = try Self.fixture().openWebSocket()
        try client.send(message: "40" + auth)
        #expect(try client.received() == Self.refused)
        try client.send(message: .connect(TestToken.text()))
        #expect(try client.frames().first?.hasPrefix(#"40{"sid":""#) == true)
    }

    @Test("a client that was refused is not connected: an event closes, and so does the connect deadline")
    func refusedState() throws {
        let fixture = Self.fixture()
        let client = try fixture.openWebSocket()
        try client.send(message: .connect("bad"))
        _ = try client.received()
        try client.send(message: #"421["subscribe","open"]"#)
        #expect(try client.received() == [0x88, 0])
        let other = try fixture.openWebSocket()
        try other.send(message: .connect("bad"))
        _ = try other.received()
        fixture.advance(25_016)
        _ = try other.received()
        try other.send(message: "3")
        fixture.advance(20_000)
        #expect(try other.frames() == ["close"])
    }

    @Test("without a token key a token does not count, as if there were no such thing")
    func unconfigured() throws {
        let client = try RealtimeFixture().openWebSocket()
        try client.send(message: #"40{"token":7}"#)
        #expect(try client.frames().first?.hasPrefix(#"40{"sid":""#) == true)
        try client.send(message: #"421["subscribe",{"channel":"a","token":"x"}]"#)
        #expect(try client.frames().first?.hasPrefix("431[" + Self.refusal("unsupported", "a")) == true)
        try client.send(message: #"421["fanfare:refresh","x"]"#)
        #expect(try client.received() == [])
    }

    // MARK: - subscribe

    @Test("an open channel wants no token and looks at none")
    func openChannel() throws {
        let fixture = Self.fixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"421["subscribe","open",{"channel":"open2","token":"bad"}]"#)
        #expect(try client.frames() == [#"431[[{"ok":true,"channel":"open"},{"ok":true,"channel":"open2"}]]"#])
        #expect(fixture.verifier?.asked == 0)
    }

    @Test("the connect token opens the channels that it names, by their bytes (J5)")
    func connectToken() throws {
        let client = try Self.join(Self.fixture(), TestToken.text("alice", "secret.a", "private-a"))
        try client.send(message: #"421["subscribe","secret.a"]"#)
        try client.send(message: #"422["subscribe",{"channel":"private-a"}]"#)
        #expect(try client.frames() == [#"431["Entered room: secret.a"]"#, #"432[{"ok":true,"channel":"private-a"}]"#])
        for name in ["secret.b", "private-a\u{301}", "private-aa", "private-\u{430}", "secret.A"] {
            try client.send(message: #"421["subscribe","\#(name)"]"#)
            #expect(try client.frames().first?.hasPrefix("431[" + Self.refusal("forbidden", name)) == true)
        }
    }

    @Test("without any token, with a bad one, and with one for other channels")
    func codes() throws {
        let fixture = Self.fixture()
        let client = try fixture.joinWebSocket()
        let cases = [
            (#""secret.a""#, "token_required"), (#"{"channel":"secret.a"}"#, "token_required"),
            (#"{"channel":"secret.a","token":"bad"}"#, "token_invalid"), (#"{"channel":"secret.a","token":""}"#, "token_invalid"),
            (#"{"channel":"secret.a","token":null}"#, "token_invalid"), (#"{"channel":"secret.a","token":5}"#, "token_invalid"),
            (#"{"channel":"secret.a","token":\#(TestToken.text("a", "secret.a", seconds: -5).quoted)}"#, "token_invalid"),
            (#"{"channel":"secret.a","token":\#(TestToken.text("a", "secret.b").quoted)}"#, "forbidden"),
            (#"{"channel":"secret.a","token":\#(TestToken.text("a").quoted)}"#, "forbidden"),
        ]
        for (argument, code) in cases {
            try client.send(message: #"421["subscribe",\#(argument)]"#)
            #expect(try client.frames().first?.hasPrefix("431[" + Self.refusal(code, "secret.a")) == true, "\(argument)")
        }
        #expect(fixture.publish("secret.a", "1") == .accepted(subscribers: 0))
        #expect(client.isOpen)
    }

    @Test("a token of its own opens one channel, and the connect token does not stand in for it")
    func ownToken() throws {
        let fixture = Self.fixture()
        let client = try Self.join(fixture, TestToken.text("alice", "secret.*"))
        let own = TestToken.text("alice", "private-x").quoted
        try client.send(message: #"421["subscribe",{"channel":"private-x","token":\#(own)}]"#)
        try client.send(message: #"422["subscribe",{"channel":"secret.a","token":\#(own)}]"#)
        let frames = try client.frames()
        #expect(frames.first == #"431[{"ok":true,"channel":"private-x"}]"#)
        #expect(frames.last?.hasPrefix("432[" + Self.refusal("forbidden", "secret.a")) == true)
        #expect(fixture.publish("private-x", "1") == .accepted(subscribers: 1))
    }

    @Test("a list of all kinds is answered in order, and one token in it is verified once")
    func list() throws {
        let fixture = Self.fixture()
        let client = try fixture.joinWebSocket()
        let token = TestToken.text("a", "secret.*").quoted
        let targets =
            #"["open",{"channel":"secret.a","token":\#(token)},"secret.b",{"channel":"secret.c","token":\#(token)},{"channel":"private-x","token":"bad"}]"#
        try client.send(message: #"421["subscribe",\#(targets)]"#)
        let frame = try #require(try client.frames().first)
        #expect(
            frame.hasPrefix(
                #"431[[{"ok":true,"channel":"open"},{"ok":true,"channel":"secret.a"},\#(Self.refusal("token_required", "secret.b"))"#))
        #expect(frame.contains(#"{"ok":true,"channel":"secret.c"},\#(Self.refusal("token_invalid", "private-x"))"#))
        #expect(fixture.verifier?.asked == 2)
    }

    @Test("128 channels with a token each in one event, and tokens beyond that are not looked at")
    func manyTokens() throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.joinWebSocket()
        let targets = (0..<130).map { #"{"channel":"secret.\#($0)","token":\#(TestToken.text("s\($0)", "secret.*").quoted)}"# }
        try client.send(message: #"421["subscribe",[\#(targets.joined(separator: ","))]]"#)
        #expect(fixture.verifier?.asked == 128)
        fixture.verifier?.answer()
        let frame = try #require(try client.frames().first)
        #expect(frame.contains(#"{"ok":true,"channel":"secret.127"},\#(Self.refusal("too_many_channels", "secret.128"))"#))
        try client.send(message: #"421["subscribe",[\#(targets.joined(separator: ","))]]"#)
        #expect(try client.frames() == ["close 1008"], "each verification beyond a packet's first counts as an event")
    }

    @Test("tokens that are refused at once count as events too, those that are known to be good do not") func junk() throws {
        let fixture = Self.fixture()
        let client = try fixture.joinWebSocket()
        func packet(_ token: (Int) -> String) -> String {
            let targets = (0..<120).map { #"{"channel":"secret.\#($0)","token":\#(token($0).quoted)}"# }
            return #"421["subscribe",[\#(targets.joined(separator: ","))]]"#
        }
        for _ in 0..<10 { try client.send(message: packet { TestToken.text("s\($0)", "secret.*") }) }
        #expect(try client.frames().count == 10)
        for _ in 0..<3 { try client.send(message: packet { "junk \($0)" }) }
        #expect(try client.frames().last == "close 1008")
    }

    // MARK: - While a token is being verified

    @Test("later packets wait in order")
    func order() throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.openWebSocket()
        try client.send(message: .connect(TestToken.text("alice", "secret.*")))
        try client.send(message: #"421["subscribe","secret.a"]"#)
        try client.send(message: #"422["subscribe",{"channel":"private-x","token":"bad"}]"#)
        try client.send(message: #"423["subscribe","open"]"#)
        try client.send(message: "41")
        #expect(try client.received() == [])
        #expect(fixture.verifier?.waiting == 1)
        fixture.verifier?.answer(1)
        #expect(try client.frames().count == 2, "CONNECT and the first subscribe; the second waits again")
        #expect(fixture.publish("open", "1") == .accepted(subscribers: 0))
        fixture.verifier?.answer(1)
        let frames = try client.frames()
        #expect(frames.count == 2)
        #expect(frames.first?.hasPrefix("432[" + Self.refusal("token_invalid", "private-x")) == true)
        #expect(frames.last == #"433["Entered room: open"]"#)
        #expect(fixture.publish("open", "1") == .accepted(subscribers: 0), "and the DISCONNECT came last")
    }

    @Test("verdicts of one packet may come in any order", arguments: [false, true])
    func anyOrder(lastFirst: Bool) throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.joinWebSocket()
        let good = TestToken.text("a", "secret.a").quoted
        try client.send(message: #"421["subscribe",{"channel":"secret.a","token":\#(good)},{"channel":"secret.b","token":"bad"}]"#)
        fixture.verifier?.answer(1, lastFirst: lastFirst)
        #expect(try client.received() == [])
        fixture.verifier?.answer()
        #expect(
            try client.frames().first?.hasPrefix(#"431[[{"ok":true,"channel":"secret.a"},\#(Self.refusal("token_invalid", "secret.b"))"#)
                == true)
    }

    @Test("what waits is bounded in number") func boundedCount() throws {
        var settings = RealtimeSettings()
        settings.eventBurst = 100
        settings.eventsPerSecond = 1_000
        let fixture = Self.fixture(isPatient: true, settings: settings)
        let client = try fixture.openWebSocket()
        try client.send(message: .connect(TestToken.text()))
        for _ in 0..<100 {
            fixture.advance(1)
            try client.send(message: #"42["subscribe","a"]"#)
        }
        #expect(try client.received() == [])
        fixture.advance(1)
        try client.send(message: #"42["subscribe","a"]"#)
        #expect(try client.frames() == ["close 1008"])
        fixture.verifier?.answer()
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("what waits is bounded in bytes, but for one packet") func boundedBytes() throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.openWebSocket()
        try client.send(message: .connect(TestToken.text()))
        try client.send(message: #"42["x","\#(String(repeating: "x", count: 999_000))"]"#)
        #expect(try client.received() == [])
        try client.send(message: #"42["x","\#(String(repeating: "x", count: 2_000))"]"#)
        #expect(try client.frames() == ["close 1008"])
    }

    @Test("a session that ends meanwhile gets no verdict, and nothing is left of it")
    func deadSession() throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.openWebSocket()
        try client.send(message: .connect(TestToken.text()))
        try client.send(message: #"42["subscribe","open"]"#)
        client.disconnect()
        fixture.run()
        fixture.verifier?.answer()
        fixture.run()
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.publish("open", "1") == .accepted(subscribers: 0))
    }

    @Test("on long-polling the POST is answered at once, and the next poll brings what the verdict brought")
    func polling() throws {
        let fixture = Self.fixture(isPatient: true)
        let client = try fixture.openPolling()
        #expect(try client.post(.connect(TestToken.text("a", "secret.*")), #"421["subscribe","secret.a"]"#)?.summary == "200 ok")
        let poll = try client.park()
        #expect(try client.post(#"422["subscribe","open"]"#)?.summary == "200 ok")
        #expect(try poll.answers() == [])
        fixture.verifier?.answer()
        var packets = try poll.answer()?.packets ?? []
        packets += try client.poll() ?? []
        #expect(packets.first?.hasPrefix(#"40{"sid":""#) == true)
        #expect(packets.dropFirst() == [#"431["Entered room: secret.a"]"#, #"432["Entered room: open"]"#])
    }

    @Test("when too many are verified a CONNECT is closed so that clients come back, and a subscribe is unavailable")
    func busy() throws {
        let fixture = Self.fixture()
        let client = try fixture.joinWebSocket()
        fixture.verifier?.becomeBusy()
        try client.send(message: #"421["subscribe",{"channel":"secret.a","token":"x"}]"#)
        #expect(try client.frames().first?.hasPrefix("431[" + Self.refusal("unavailable", "secret.a")) == true)
        let other = try fixture.openWebSocket()
        try other.send(message: .connect("x"))
        #expect(try other.frames() == ["close 1013"])
    }

    // MARK: - Upgrades

    @Test("an upgrade while the token is being verified loses nothing", arguments: [1, 2], [true, false])
    func upgrade(loops: Int, answersBefore: Bool) throws {
        let fixture = Self.fixture(isPatient: true, loops: loops)
        let client = try fixture.openPolling()
        try client.post(.connect(TestToken.text("a", "secret.*")), #"421["subscribe","secret.a"]"#)
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "2probe")
        fixture.run()
        #expect(try socket.frames() == ["3probe"])
        try socket.send(message: "5")
        try socket.send(message: #"422["subscribe","open"]"#)
        // With two loops: the verdict comes to the old one, before the session has left it or after.
        if answersBefore { fixture.verifier?.answer() }
        fixture.run()
        fixture.verifier?.answer()
        fixture.run()
        let frames = try socket.frames()
        #expect(frames.count == 3)
        #expect(frames.first?.hasPrefix(#"40{"sid":""#) == true)
        #expect(frames.dropFirst() == [#"431["Entered room: secret.a"]"#, #"432["Entered room: open"]"#])
        #expect(fixture.publish("secret.a", "1") == .accepted(subscribers: 1))
        fixture.run()
        #expect(try socket.frames() == [#"42["e",1]"#])
        #expect(fixture.realtime.map(\.sessionCount).reduce(0, +) == loops, "the first loop keeps a note of where it went")
    }

    @Test("what a token has admitted moves along and ends on the new loop")
    func moveAndExpire() throws {
        let fixture = Self.fixture(loops: 2)
        let client = try fixture.openPolling()
        try client.post(
            .connect(TestToken.text("a", "secret.*", seconds: 40)), #"421["subscribe","secret.a"]"#, #"422["subscribe","open"]"#)
        _ = try client.poll()
        let socket = try client.candidate(loop: 1)
        try socket.send(message: "2probe")
        fixture.run()
        try socket.send(message: "5")
        fixture.run()
        _ = try socket.frames()
        #expect(fixture.realtime[1].movedSessions == 1)
        fixture.advance(10_016)
        fixture.run()
        #expect(try socket.frames() == [#"42["fanfare:expiring",{"in":30}]"#])
        fixture.advance(15_016)
        try socket.send(message: "3")
        fixture.advance(15_016)
        fixture.run()
        #expect(try socket.frames().filter { $0 != "2" } == [#"42["fanfare:expired",{"channels":["secret.a"]}]"#])
        #expect(fixture.publish("secret.a", "1") == .accepted(subscribers: 0))
        #expect(fixture.publish("open", "1") == .accepted(subscribers: 1))
    }
}
