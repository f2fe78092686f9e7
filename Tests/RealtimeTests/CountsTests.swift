import Broadcast
import HTTPEdge
import Realtime
import Testing

/// What the loops count of their sessions for `/metrics`.
@Suite("Counts of sessions")
struct CountsTests {
    private func sessions(_ fixture: RealtimeFixture) -> [[Int]] {
        fixture.realtime.map { [$0.webSocketSessions, $0.pollingSessions] }
    }

    @Test("a session counts for its transport, from its handshake to its end")
    func transports() throws {
        let fixture = RealtimeFixture()
        let first = try fixture.openWebSocket(), second = try fixture.joinWebSocket()
        let poller = try fixture.openPolling()
        #expect(sessions(fixture) == [[2, 1]])
        try first.send(message: "1")
        fixture.run()
        #expect(sessions(fixture) == [[1, 1]])
        second.disconnect()
        try poller.post("1")
        fixture.run()
        #expect(sessions(fixture) == [[0, 0]])
        #expect(fixture.realtime[0].upgrades == 0)
    }

    @Test("an upgrade changes the transport, on its loop or on another one", arguments: [1, 2])
    func upgrade(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: loops - 1)
        #expect(sessions(fixture).first == [0, 1], "a candidate is no session")
        try socket.send(message: "2probe")
        try socket.send(message: "5")
        fixture.run()
        #expect(sessions(fixture) == (loops == 1 ? [[1, 0]] : [[0, 0], [1, 0]]))
        #expect(fixture.realtime.map(\.upgrades) == (loops == 1 ? [1] : [0, 1]))
        socket.disconnect()
        fixture.run()
        #expect(sessions(fixture).allSatisfy { $0 == [0, 0] })
    }

    @Test("a session that only waits to tell its end no longer counts")
    func leaving() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        fixture.realtime[0].closeSome(share: 1)
        #expect(fixture.realtime[0].sessionCount == 1)
        #expect(sessions(fixture) == [[0, 0]])
        _ = try client.poll()
        fixture.run()
        #expect(sessions(fixture) == [[0, 0]])
    }

    @Test("bytes in and out are what is on the wire, over HTTP, the 101 and WebSocket frames, and nothing twice", arguments: [1, 100])
    func bytes(pieces: Int) throws {
        let fixture = RealtimeFixture()
        let tally = fixture.realtime[0].tally
        let client = try fixture.connect()
        // The first frame comes right behind the request: it is read by HTTP and handed on.
        let bytes =
            Array(String.webSocketRequest("EIO=4&transport=websocket").utf8) + ClientFrame.text("40")
            + ClientFrame.text(#"420["subscribe","a"]"#)
        for start in stride(from: 0, to: bytes.count, by: max(bytes.count / pieces, 1)) {
            try client.send(Array(bytes[start..<min(start + max(bytes.count / pieces, 1), bytes.count)]))
        }
        fixture.publish("a", "1")
        fixture.publish("a", "2")
        fixture.run()
        let received = try client.received()
        #expect(tally.receivedBytes == bytes.count)
        #expect(tally.sentBytes == received.count)
        #expect(tally.answers[101] == 1)

        let poller = try fixture.openPolling()
        let before = (tally.receivedBytes, tally.sentBytes)
        let poll = try fixture.connect()
        let request = "GET \(poller.target) HTTP/1.1\r\nHost: localhost:8000\r\n\r\n"
        try poll.send(request)
        fixture.realtime[0].closeSome(share: 1)
        fixture.run()
        #expect(tally.receivedBytes - before.0 == request.utf8.count)
        #expect(tally.sentBytes - before.1 == (try poll.received().count) + (try client.received().count))
    }

    @Test("who is behind is counted with what waits for him")
    func slow() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        fixture.publish("a", "\"" + String(repeating: "x", count: 1_000) + "\"")
        fixture.run()
        #expect(fixture.realtime[0].slowSessions == (0, 0))
        fixture.publish("a", "\"" + String(repeating: "x", count: 5_000) + "\"")
        fixture.run()
        let slow = fixture.realtime[0].slowSessions
        #expect(slow.count == 1 && (6_000..<6_100).contains(slow.queuedBytes))
        _ = try client.poll()
        fixture.advance(300)
        #expect(fixture.realtime[0].slowSessions == (0, 0))
    }
}
