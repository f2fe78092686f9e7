import Realtime
import Testing

/// Which fault of a request is told when it has several, and what each is answered with (protocol.md 1.3).
@Suite("Refused requests")
struct RequestOrderTests {
    @Test(
        "faults without a session",
        arguments: [
            ("GET", "/socket.io/", Answer.error(0, "Transport unknown")),
            ("GET", "/socket.io/?EIO=4", Answer.error(0, "Transport unknown")),
            ("GET", "/socket.io/?EIO=4&transport=abc", Answer.error(0, "Transport unknown")),
            ("PUT", "/socket.io/?transport=abc&sid=x", Answer.error(0, "Transport unknown")),
            ("POST", "/socket.io/?EIO=4&transport=polling", Answer.error(2, "Bad handshake method")),
            ("PUT", "/socket.io/?transport=polling", Answer.error(2, "Bad handshake method")),
            ("GET", "/socket.io/?transport=websocket", Answer.badRequest),
            ("GET", "/socket.io/?transport=polling", Answer.error(5, "Unsupported protocol version")),
            ("GET", "/socket.io/?EIO=3&transport=polling", Answer.error(5, "Unsupported protocol version")),
            ("GET", "/socket.io/?EIO=abc&transport=polling", Answer.error(5, "Unsupported protocol version")),
            ("GET", "/socket.io/?EIO=4&transport=polling&sid=x", Answer.unknownSession),
            ("POST", "/socket.io/?EIO=4&transport=polling&sid=x", Answer.unknownSession),
            ("POST", "/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAAAA", Answer.unknownSession),
            // The identifier names a loop that there is not.
            ("GET", "/socket.io/?EIO=4&transport=polling&sid=________________________", Answer.unknownSession),
        ])
    func withoutSession(method: String, target: String, expected: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.request(method, target)
        let answer = try #require(try client.answer())
        #expect(answer.summary == expected)
        #expect(answer.field("Content-Type") == "application/json")
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(client.isOpen && !client.transport.outputIsClosed, "the connection can go on")
    }

    @Test("another method on a session is 500 with nothing in it, and ends nothing", arguments: ["PUT", "DELETE", "PATCH", "HEAD"])
    func otherMethods(method: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let connection = try fixture.connect()
        try connection.request(method, client.target)
        #expect(try connection.answer()?.summary == "500 ")
        #expect(try client.post("3")?.summary == "200 ok")
    }

    @Test("the revision does not matter once there is a session")
    func revisionOfSession() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let connection = try fixture.connect()
        try connection.request("POST", "/socket.io/?transport=polling&sid=\(client.sid)", body: "3")
        #expect(try connection.answer()?.summary == "200 ok")
    }

    @Test("a WebSocket session is not polled")
    func pollOfWebSocket() throws {
        let fixture = RealtimeFixture()
        let socket = try fixture.connect()
        try socket.send(.webSocketRequest("EIO=4&transport=websocket"))
        let bytes = try socket.received()
        let open = ServerFrame.describe(Array(bytes.dropFirst(Answer.headByteCount(bytes)))).first ?? ""
        let client = PollingClient(fixture, loop: 0, openPacket: open)
        #expect(try client.pollAnswer()?.summary == Answer.badRequest)
        #expect(try client.post("3")?.summary == Answer.badRequest)
        #expect(fixture.realtime[0].sessionCount == 1)
    }

    @Test("an upgrade request on a session that is none is code 3")
    func upgradeWithoutUpgrade() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let connection = try fixture.connect()
        try connection.request("GET", .engine("transport=websocket&sid=\(client.sid)"))
        #expect(try connection.answer()?.summary == Answer.badRequest)
        #expect(try client.post("3")?.summary == "200 ok")
    }
}
