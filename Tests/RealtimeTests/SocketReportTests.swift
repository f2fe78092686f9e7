import Broadcast
import EngineIO
import HTTPEdge
import Realtime
import SocketIO
import Testing

/// Sockets seen from outside: where they are, what is remembered of them, and their end by an administrator.
@Suite("Socket reports")
struct SocketReportTests {
    /// Joins and returns the socket that the client was told.
    private func join(_ client: Client) throws -> SocketIdentifier {
        try client.send(message: "40")
        let text = try #require(client.frames().first { $0.contains(#""sid":""#) })
        let characters = Array(try #require(text.split(separator: #""sid":""#).last).utf8.prefix(SocketIdentifier.byteCount))
        let socket = SocketIdentifier(parsing: characters.span)
        return try #require(socket)
    }

    private func events(_ fixture: RealtimeFixture, _ socket: SocketIdentifier) -> [SocketJournal.Event] {
        fixture.realtime.flatMap { $0.journal.entries(of: socket) }.sorted { $0.time < $1.time }.map(\.event)
    }

    @Test("a session is a socket once it has joined, and none before and after")
    func life() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.openWebSocket()
        let socket = try join(client)
        fixture.advance(1_500)
        try client.send(message: #"420["subscribe","a"]"#)
        let report = try #require(fixture.realtime[0].report(on: socket))
        #expect(report.isOnWebSocket && report.age == 1_500 && report.address == "127.0.0.1")
        #expect(report.channels == [ChannelName(Array("a".utf8))] && report.channelCount == 1)
        #expect((report.queuedBytes, report.queueAge) == (0, 0))
        client.disconnect()
        fixture.run()
        #expect(fixture.realtime[0].report(on: socket) == nil)
        let ended = try #require(fixture.realtime[0].journal.ended(socket))
        #expect(ended.age == 1_500 && ended.address == "127.0.0.1")
        #expect(events(fixture, socket) == [.connected, .subscribed(ChannelName(Array("a".utf8))), .ended(ended.reason)])
    }

    @Test("who leaves the namespace is no socket any more, and a new one when he joins again")
    func leaving() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.openWebSocket()
        let first = try join(client)
        try client.send(message: "41")
        #expect(fixture.realtime[0].report(on: first) == nil)
        #expect(events(fixture, first) == [.connected, .left])
        let second = try join(client)
        #expect(first != second)
        #expect(fixture.realtime[0].report(on: second) != nil)
        #expect(fixture.realtime[0].disconnect(first) == false)
    }

    @Test("channels that may not be seen are neither named nor counted")
    func visibility() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.openWebSocket()
        let socket = try join(client)
        try client.send(message: #"42["subscribe",["open","secret"]]"#)
        let open = ChannelName(Array("open".utf8))
        let report = try #require(fixture.realtime[0].report(on: socket) { $0 == open })
        #expect(report.channels == [open] && report.channelCount == 1)
    }

    @Test("a disconnected client is told, then its connection is closed; over long-polling with its last poll")
    func disconnecting() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.openWebSocket()
        let socket = try join(client)
        #expect(fixture.realtime[0].disconnect(socket))
        let frames = try client.frames()
        #expect(frames.first?.contains("41") == true && frames.count == 2, "\(frames)")
        #expect(fixture.realtime[0].report(on: socket) == nil)
        #expect(events(fixture, socket).last == .ended(.forcedClose))
        #expect(fixture.realtime[0].disconnect(socket) == false, "once")
        #expect(fixture.realtime[0].tally.cut["forced_close"] == 1)
    }

    @Test("the journal forgets the oldest, those who have ended it keeps longer")
    func bounds() throws {
        let fixture = RealtimeFixture()
        let gone = try fixture.openWebSocket()
        let first = try join(gone)
        gone.disconnect()
        fixture.run()
        let client = try fixture.openWebSocket()
        let busy = try join(client)
        for _ in 0..<1_100 {
            fixture.advance(100)
            try client.send(message: #"42["subscribe","a"]"#)
            try client.send(message: #"42["unsubscribe","a"]"#)
            if fixture.realtime[0].report(on: busy) == nil { break }
            if let ping = try client.frames().first, ping.contains("2") { try client.send(message: "3") }
        }
        #expect(fixture.realtime[0].journal.entries(of: first).isEmpty)
        #expect(fixture.realtime[0].journal.ended(first) != nil)
        #expect(fixture.realtime[0].journal.entries(of: busy).count == 2_048)
    }
}
