import Realtime
import Testing

/// A connection that is older than the stop of the server is still served, but nothing new begins on it.
@Suite("Draining")
struct DrainingTests {
    @Test("a handshake that comes now makes no session, which nobody would tell to go", arguments: [true, false])
    func handshake(isWebSocket: Bool) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        fixture.startDraining()
        for realtime in fixture.realtime { realtime.closeSome(share: 1) }
        if isWebSocket {
            try client.send(.webSocketRequest("EIO=4&transport=websocket"))
        } else {
            try client.request("GET", .engine("transport=polling"))
        }
        let answer = try #require(try client.answer())
        #expect(answer.summary == #"503 {"detail":"The server is stopping"}"#)
        #expect(answer.fields.contains("Retry-After: 1") && answer.fields.contains("Connection: close"))
        #expect(fixture.realtime.map(\.sessionCount) == [0])
    }

    @Test("a session that moves to a loop whose sessions have been told to go is told there")
    func moved() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: 1)
        fixture.startDraining()
        fixture.realtime[1].closeSome(share: 1)
        try socket.send(message: "5")
        fixture.run()
        #expect(try socket.frames() == ["close 1001"])
    }

    @Test("a handshake that was begun before and comes to its end after is told to go")
    func late() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.send(.webSocketRequest("EIO=4&transport=websocket", ["Content-Length: 1"]))
        fixture.startDraining()
        fixture.realtime[0].closeSome(share: 1)
        try client.send("x")
        #expect(try client.received().suffix(4) == [0x88, 2, 0x03, 0xE9])
    }

    @Test("sessions that are there go on until they are told to go")
    func sessions() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        fixture.startDraining()
        try client.post(#"420["subscribe","a"]"#)
        #expect(try client.poll() == [#"430["Entered room: a"]"#])
    }
}
