import HTTPEdge
import Realtime
import Testing

/// How many sessions there may be without a WebSocket (contract 7).
@Suite("Places on long-polling")
struct PollingPlacesTests {
    private static func fixture(loops: Int = 1, places: Int) -> RealtimeFixture {
        var settings = RealtimeSettings()
        settings.maximumPollingSessions = places
        return RealtimeFixture(loops: loops, settings: settings)
    }

    private static func handshake(_ fixture: RealtimeFixture, loop: Int = 0) throws -> Answer? {
        let client = try fixture.connect(loop: loop)
        try client.request("GET", .engine("transport=polling"))
        return try client.answer()
    }

    @Test("a session too many is refused as a connection is; all loops count together, and WebSockets do not")
    func full() throws {
        let fixture = Self.fixture(loops: 2, places: 2)
        _ = try fixture.openPolling(loop: 0)
        _ = try fixture.openPolling(loop: 1)
        for loop in [0, 1, 0] {
            let refusal = try #require(try Self.handshake(fixture, loop: loop))
            #expect(refusal.summary == #"503 {"detail":"The server has as many connections as it takes"}"#)
            #expect(refusal.field("Retry-After") == "1")
        }
        #expect(fixture.https[0].tally.refused["connections"] == 2)
        let webSocket = try fixture.joinWebSocket()
        try webSocket.send(message: #"421["subscribe","a"]"#)
        #expect(try webSocket.frames() == [#"431["Entered room: a"]"#])
        #expect(fixture.realtime.map(\.sessionCount) == [2, 1])
    }

    @Test("a place is free again however the session ends", arguments: ["close packet", "violation", "silence", "overlap"])
    func freed(end: String) throws {
        let fixture = Self.fixture(places: 1)
        for _ in 0..<3 {
            let client = try fixture.joinPolling()
            #expect(client.sid != "")
            #expect(try Self.handshake(fixture)?.status == 503)
            switch end {
            case "close packet": try client.post("1")
            case "violation":
                try client.post("40")
                #expect(try Self.handshake(fixture)?.status == 503, "it is still there for the polls that fetch the end")
                while try client.poll() != nil {}
            case "silence": fixture.advance(60_000)
            default:
                _ = try client.park()
                _ = try client.park()
            }
            #expect(fixture.realtime[0].sessionCount == 0)
        }
        #expect(try Self.handshake(fixture)?.status == 200)
    }

    @Test("an upgrade gives its place back once, on whichever loop it comes", arguments: [1, 2], [true, false])
    func upgraded(loops: Int, leaves: Bool) throws {
        let fixture = Self.fixture(loops: loops, places: 1)
        var sockets: [Client] = []
        for _ in 0..<3 {
            let client = try fixture.joinPolling()
            #expect(client.sid != "")
            let socket = try client.candidate(loop: loops - 1)
            #expect(try Self.handshake(fixture)?.status == 503)
            try socket.send(message: "2probe")
            try socket.send(message: "5")
            fixture.run()
            if leaves {
                try socket.send(message: "1")
                fixture.run()
            }
            sockets.append(socket)
        }
        // A session that moved is noted on the loop that it came from.
        #expect(fixture.realtime.map(\.sessionCount).reduce(0, +) == (leaves ? 0 : 3 * loops))
        #expect(try Self.handshake(fixture)?.status == 200)
        #expect(try Self.handshake(fixture)?.status == 503)
    }

    @Test("a lower limit ends nothing")
    func lowered() throws {
        let fixture = Self.fixture(places: 3)
        let clients = try (0..<3).map { _ in try fixture.joinPolling() }
        var settings = fixture.realtime[0].settings
        settings.maximumPollingSessions = 1
        fixture.realtime[0].apply(settings)
        try clients[0].post("1")
        #expect(try Self.handshake(fixture)?.status == 503)
        try clients[1].post("1")
        #expect(try Self.handshake(fixture)?.status == 503)
        try clients[2].post("1")
        #expect(try Self.handshake(fixture)?.status == 200)
    }
}
