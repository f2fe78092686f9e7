import Broadcast
import EngineIO
import Realtime
import Testing

/// A long-polling client that leaves over two connections, whose GET and POST may overtake each other on a server of several loops.
@Suite("Leaving on several loops")
struct LeavingTests {
    /// Begins a POST with a close packet and leaves it open.
    private func farewell(_ client: PollingClient, _ fixture: RealtimeFixture, body: String = "1") throws -> Client {
        let post = try fixture.connect()
        try post.request("POST", client.target, body: body)
        return post
    }

    @Test("the POST comes first: it waits for the GET, which gets a noop")
    func postFirst() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        let post = try self.farewell(client, fixture)
        #expect(try post.answers() == [])
        fixture.advance(40)
        #expect(try client.pollAnswer()?.summary == "200 6")
        #expect(try post.answer()?.summary == "200 ok")
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
        fixture.advance(100)
        #expect(try post.answers() == [])
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
    }

    @Test("the GET comes first")
    func getFirst() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        let parked = try client.park(loop: 1)
        #expect(try self.farewell(client, fixture).answer()?.summary == "200 ok")
        fixture.run()
        #expect(try parked.answer()?.summary == "200 6")
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
    }

    @Test("no GET comes: the POST is answered after a moment")
    func noGet() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let post = try self.farewell(client, fixture, body: "41\u{1E}1")
        fixture.advance(49)
        #expect(try post.answers() == [])
        fixture.advance(1)
        #expect(try post.answer()?.summary == "200 ok")
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
    }

    @Test("leaving twice: both POSTs are answered")
    func twice() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        let first = try self.farewell(client, fixture), second = try self.farewell(client, fixture)
        fixture.advance(100)
        #expect(try first.answer()?.summary == "200 ok")
        #expect(try second.answer()?.summary == "200 ok")
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
    }

    @Test("the session's end meanwhile answers the POST")
    func endMeanwhile() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        fixture.advance(44_990)
        let post = try self.farewell(client, fixture)
        #expect(try post.answers() == [])
        fixture.advance(35)
        #expect(try post.answer()?.summary == "200 ok")
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
    }

    @Test("an upgrade meanwhile answers the POST; the session lives on over the WebSocket", arguments: [0, 1])
    func upgradeMeanwhile(loop: Int) throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: loop)
        let post = try self.farewell(client, fixture)
        try socket.send(message: "5")
        fixture.run()
        fixture.advance(100)
        #expect(try post.answer()?.summary == "200 ok")
        try socket.send(message: #"421["subscribe","a"]"#)
        #expect(try socket.frames() == [#"431["Entered room: a"]"#])
    }
}
