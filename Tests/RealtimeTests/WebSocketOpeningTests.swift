import Realtime
import Testing

/// RFC 6455 section 4.2 and the first packets (protocol.md 1.4, 1.9).
@Suite("WebSocket opening")
struct WebSocketOpeningTests {
    private static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    /// Takes the open packet's frame apart from the session's id, which nobody can foresee.
    private func check(_ bytes: [UInt8], head: String) {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(head))
        let frames = ServerFrame.describe(Array(bytes.dropFirst(head.utf8.count)))
        #expect(frames.count == 1)
        let packet = frames.first ?? ""
        #expect(packet.hasPrefix(#"0{"sid":""#))
        #expect(packet.dropFirst(9 + 24) == #"","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#)
        #expect(packet.dropFirst(9).prefix(24).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    @Test("the handshake of the RFC's sample key, to the byte, and the open packet right behind it")
    func sampleKey() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.send(.webSocketRequest("EIO=4&transport=websocket"))
        self.check(try client.received(), head: Self.accepted + "\r\n")
        #expect(fixture.realtime[0].sessionCount == 1)
    }

    @Test("byte by byte, with a CONNECT behind the request")
    func byteByByte() throws {
        let client = try RealtimeFixture().connect()
        var received: [UInt8] = []
        for byte in Array(String.webSocketRequest("EIO=4&transport=websocket").utf8) + ClientFrame.text("40") {
            try client.send([byte])
            received += try client.received()
        }
        let frames = ServerFrame.describe(Array(received.dropFirst((Self.accepted + "\r\n").utf8.count)))
        #expect(frames.count == 2)
        #expect(frames.first?.hasPrefix("0{") == true)
        #expect(frames.last?.hasPrefix(#"40{"sid":""#) == true)
        #expect(frames.last?.utf8.count == #"40{"sid":""}"#.utf8.count + 20)
    }

    @Test("in one read with everything that a hasty client sends")
    func inOneRead() throws {
        let client = try RealtimeFixture().connect()
        try client.send(
            Array(String.webSocketRequest("EIO=4&transport=websocket").utf8) + ClientFrame.text("40")
                + ClientFrame.text(#"421["subscribe","a"]"#))
        let frames = ServerFrame.describe(Array(try client.received().dropFirst((Self.accepted + "\r\n").utf8.count)))
        #expect(frames.last == #"431["Entered room: a"]"#)
        #expect(frames.count == 3)
    }

    @Test(
        "the first subprotocol that is offered is chosen; without an offer none",
        arguments: [("arduino", "arduino"), ("a, b", "a"), (" ,b;,c", nil), ("", nil)] as [(String, String?)])
    func subprotocol(offered: String, chosen: String?) throws {
        let client = try RealtimeFixture().connect()
        try client.send(.webSocketRequest("EIO=4&transport=websocket", ["Sec-WebSocket-Protocol: \(offered)"]))
        let line = chosen.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        self.check(try client.received(), head: Self.accepted + line + "\r\n")
    }

    @Test("extensions are not accepted; version 8 is")
    func extensions() throws {
        let client = try RealtimeFixture().connect()
        try client.send(
            String.webSocketRequest("EIO=4&transport=websocket", ["Sec-WebSocket-Extensions: permessage-deflate"])
                .replacing("Version: 13", with: "Version: 8"))
        self.check(try client.received(), head: Self.accepted + "\r\n")
    }

    @Test("a handshake on the third request of a connection")
    func thirdRequest() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        for _ in 0..<2 {
            try client.request("GET", .engine("transport=polling"))
            #expect(try client.answer()?.status == 200)
        }
        try client.send(.webSocketRequest("EIO=4&transport=websocket"))
        self.check(try client.received(), head: Self.accepted + "\r\n")
        #expect(fixture.realtime[0].sessionCount == 3)
    }

    @Test(
        "what is no proper handshake is refused with bare text before any 101",
        arguments: [
            ("Sec-WebSocket-Key: \(String.sampleKey)\r\n", "", "Bad request"),
            (String.sampleKey, "c2hvcnQ=", "Bad request"),
            ("Sec-WebSocket-Version: 13\r\n", "", "Bad request"),
            ("Sec-WebSocket-Key: \(String.sampleKey)\r\n", "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\n", "Bad request"),
            ("EIO=4", "EIO=3", "Unsupported protocol version"),
            ("EIO=4&", "", "Unsupported protocol version"),
            ("EIO=4", "EIO=abc", "Unsupported protocol version"),
            ("transport=websocket", "transport=abc", "Transport unknown"),
            ("&transport=websocket", "", "Transport unknown"),
            ("transport=websocket", "transport=websocket&sid=short", "Session ID unknown"),
            ("transport=websocket", "transport=websocket&sid=AAAAAAAAAAAAAAAAAAAAAAAA", "Session ID unknown"),
            ("GET", "POST", "Bad handshake method"),
        ])
    func refused(part: String, replacement: String, message: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.send(String.webSocketRequest("EIO=4&transport=websocket").replacing(part, with: replacement))
        let answer = try #require(try client.answer())
        #expect(answer.summary == "400 \(message)")
        #expect(answer.field("Content-Type") == "text/html")
        #expect(answer.field("Connection") == "close")
        #expect(client.transport.outputIsClosed)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("another version is told which one to use")
    func otherVersion() throws {
        let client = try RealtimeFixture().connect()
        try client.send(String.webSocketRequest("EIO=4&transport=websocket").replacing("Version: 13", with: "Version: 25"))
        let answer = try #require(try client.answer())
        #expect(answer.status == 426)
        #expect(answer.field("Sec-WebSocket-Version") == "13")
    }

    @Test("a WebSocket handshake without an upgrade is code 3")
    func withoutUpgrade() throws {
        let client = try RealtimeFixture().connect()
        try client.request("GET", .engine("transport=websocket"))
        let answer = try #require(try client.answer())
        #expect(answer.summary == Answer.badRequest)
        #expect(answer.field("Content-Type") == "application/json")
    }

    @Test("a connection that ends before its request is complete leaves no session")
    func lostInBody() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.connect()
        try client.send(.webSocketRequest("EIO=4&transport=websocket", ["Content-Length: 1"]))
        #expect(try client.received() == [])
        client.disconnect()
        #expect(fixture.realtime[0].sessionCount == 0)
    }
}
