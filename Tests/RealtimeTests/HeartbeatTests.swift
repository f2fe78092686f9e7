import Broadcast
import EngineIO
import Realtime
import Testing

/// protocol.md 1.11 in virtual time. The timer wheel's slots are 16 ms wide.
@Suite("Heartbeat")
struct HeartbeatTests {
    @Test("a ping every interval counted from the pong, and the end a timeout after an unanswered one")
    func webSocket() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for _ in 0..<4 {
            fixture.advance(24_999)
            #expect(try client.received() == [])
            fixture.advance(17)
            #expect(try client.received() == [0x81, 0x01, 0x32])
            fixture.advance(10_000)
            try client.send(message: "3")
        }
        fixture.advance(25_016)
        #expect(try client.frames() == ["2"])
        fixture.advance(19_900)
        try client.send(message: #"421["subscribe","a"]"#)
        #expect(try client.frames() == [#"431["Entered room: a"]"#], "only a pong counts")
        fixture.advance(116)
        #expect(try client.received() == [0x88, 0])
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        fixture.advance(5_016)
        #expect(!client.isOpen, "the close frame was not answered")
    }

    @Test("short intervals, as the protocol's suite has them")
    func shortIntervals() throws {
        var settings = RealtimeSettings()
        settings.timings.pingInterval = 300
        settings.timings.pingTimeout = 200
        let fixture = RealtimeFixture(settings: settings)
        let client = try fixture.joinWebSocket()
        for _ in 0..<20 {
            fixture.advance(299)
            #expect(try client.frames() == [])
            fixture.advance(17)
            #expect(try client.frames() == ["2"])
            fixture.advance(150)
            try client.send(message: "3")
        }
        #expect(client.isOpen)
    }

    @Test("a pong that nobody asked for puts the next ping off")
    func unasked() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        fixture.advance(20_000)
        try client.send(message: "3")
        fixture.advance(24_999)
        #expect(try client.frames() == [])
        fixture.advance(17)
        #expect(try client.frames() == ["2"])
    }

    @Test("over long-polling the ping waits for a poll, and silence ends the session")
    func polling() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let parked = try client.park()
        fixture.advance(25_016)
        #expect(try parked.answer()?.packets == ["2"])
        #expect(try client.post("3")?.summary == "200 ok")
        fixture.advance(25_016)
        #expect(try client.poll() == ["2"])
        let last = try client.park()
        fixture.advance(20_016)
        #expect(try last.answer()?.packets == ["1"])
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("a session that nobody polls ends all the same")
    func silentPolling() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        fixture.advance(45_032)
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("who joins no namespace in time is closed, over a WebSocket and over long-polling")
    func connectTimeout() throws {
        var settings = RealtimeSettings()
        settings.connectTimeout = 10_000
        let fixture = RealtimeFixture(settings: settings)
        let silent = try fixture.openWebSocket(), refused = try fixture.openWebSocket(), joined = try fixture.openWebSocket()
        let polling = try fixture.openPolling()
        let parked = try polling.park()
        try refused.send(message: "40/other,")
        try joined.send(message: "40")
        try joined.send(message: "41")
        _ = try (refused.received(), joined.received())
        fixture.advance(9_999)
        #expect(try silent.received() == [])
        fixture.advance(17)
        #expect(try silent.received() == [0x88, 0])
        #expect(try refused.received() == [0x88, 0])
        #expect(try parked.answer()?.packets == ["1"])
        #expect(try joined.received() == [], "joining cancels the deadline for good")
        #expect(fixture.realtime[0].sessionCount == 1)
    }
}
