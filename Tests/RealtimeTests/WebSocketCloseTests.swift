import Broadcast
import EngineIO
import NIOCore
import Realtime
import Testing

/// The closing handshake in both directions, framing faults and rates (RFC 6455 5.5, 7; contract 7).
@Suite("WebSocket closing")
struct WebSocketCloseTests {
    @Test("the client's close frame is answered with its code, then the connection ends", arguments: [nil, 1000, 1001, 4321] as [UInt16?])
    func byClient(code: UInt16?) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        try client.send(ClientFrame.close(code))
        let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
        #expect(try client.received() == [0x88, UInt8(payload.count)] + payload)
        #expect(!client.isOpen)
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
    }

    @Test("a client's close frame is answered behind what is queued, and then the connection ends", arguments: [true, false])
    func byClientThatIsBehind(reads: Bool) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        client.transport.isStalled = true
        fixture.publish("a", "1")
        fixture.run()
        try client.send(ClientFrame.close(1000))
        #expect(client.isOpen)
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 0))
        if reads {
            client.transport.isStalled = false
            client.channel.flush()
            #expect(try client.frames() == [#"42["e",1]"#, "close 1000"])
        } else {
            fixture.advance(4_999)
            #expect(client.isOpen)
            fixture.advance(17)
        }
        #expect(!client.isOpen)
    }

    @Test("close frames that cross: what was queued before ours goes out before the connection ends")
    func crossing() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        client.transport.isStalled = true
        fixture.publish("a", "1")
        fixture.run()
        fixture.realtime[0].closeSome(share: 1)
        try client.send(ClientFrame.close(1000))
        #expect(client.isOpen)
        client.transport.isStalled = false
        client.channel.flush()
        #expect(try client.frames() == [#"42["e",1]"#, "close 1001"])
        #expect(!client.isOpen)
    }

    @Test("the packet for closing is answered with a close frame; the client's answer ends the connection")
    func byPacket() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: "1")
        #expect(try client.received() == [0x88, 0])
        #expect(client.isOpen)
        #expect(fixture.realtime[0].sessionCount == 0)
        try client.send(ClientFrame.close(nil))
        #expect(!client.isOpen)
        #expect(try client.received() == [])
    }

    @Test("a stopping server says 1001; who does not answer is cut off after 5 s")
    func shutdown() throws {
        let fixture = RealtimeFixture()
        let polite = try fixture.joinWebSocket(), silent = try fixture.joinWebSocket()
        let polling = try fixture.joinPolling()
        let parked = try polling.park()
        fixture.realtime[0].closeSome(share: 1)
        for client in [polite, silent] { #expect(try client.received() == [0x88, 2, 0x03, 0xE9]) }
        #expect(try parked.answer()?.packets == ["1"])
        #expect(fixture.realtime[0].sessionCount == 0)
        try polite.send(ClientFrame.close(1001))
        #expect(!polite.isOpen)
        try silent.send(message: "3")
        fixture.advance(4_999)
        #expect(silent.isOpen)
        fixture.advance(17)
        #expect(!silent.isOpen)
    }

    @Test("a connection that goes away while closing does no harm")
    func lostWhileClosing() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: "1")
        client.disconnect()
        fixture.advance(10_000)
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test(
        "framing faults close with their code, and our FIN",
        arguments: [
            (ClientFrame.make(0x81, [0x34], isMasked: false), 1002), (ClientFrame.make(0xC1, [0x34]), 1002),
            (ClientFrame.make(0x83, [0x34]), 1002), (ClientFrame.make(0x80, [0x34]), 1002), (ClientFrame.make(0x81, [0xFF]), 1007),
            (ClientFrame.make(0x09, [0x34]), 1002), (ClientFrame.close(1005), 1002),
            (Array(ClientFrame.make(0x81, [UInt8](repeating: 0x34, count: 70_000)).prefix(14)), nil),
        ] as [([UInt8], Int?)])
    func framingFaults(bytes: [UInt8], code: Int?) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(bytes)
        #expect(try client.frames() == (code.map { ["close \($0)"] } ?? []))
        #expect(client.transport.outputIsClosed == (code != nil))
        #expect(fixture.realtime[0].sessionCount == (code == nil ? 1 : 0))
        guard code != nil else { return }
        try client.send(message: "40")
        #expect(try client.frames() == [])
        fixture.advance(5_016)
        #expect(!client.isOpen)
    }

    @Test("a message over the limit is refused from its header, 1009; too many fragments, 1008")
    func limits() throws {
        var settings = RealtimeSettings()
        settings.maximumPayload = 100
        settings.maximumFragments = 3
        let fixture = RealtimeFixture(settings: settings)
        let large = try fixture.joinWebSocket()
        try large.send(ClientFrame.make(0x81, [UInt8](repeating: 0x34, count: 101)).prefix(4).map { $0 })
        #expect(try large.frames() == ["close 1009"])
        let fragmented = try fixture.joinWebSocket()
        for first in [0x01, 0x00, 0x00, 0x00] as [UInt8] { try fragmented.send(ClientFrame.make(first, [0x34])) }
        #expect(try fragmented.frames() == ["close 1008"])
    }

    @Test("WebSocket pings are answered with their payload, up to 20 a second")
    func pings() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for number in 0..<20 { try client.send(ClientFrame.ping("p\(number)")) }
        #expect(try client.frames() == (0..<20).map { "pong p\($0)" })
        fixture.advance(1_000)
        for number in 0..<20 { try client.send(ClientFrame.ping("q\(number)")) }
        #expect(try client.frames() == (0..<20).map { "pong q\($0)" })
        try client.send(ClientFrame.ping("x"))
        #expect(try client.received() == [0x88, 2, 0x03, 0xF0])
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("a ping in the middle of a fragmented message")
    func pingWithinMessage() throws {
        let client = try RealtimeFixture().joinWebSocket()
        try client.send(ClientFrame.make(0x01, Array(#"421["subscr"#.utf8)) + ClientFrame.ping("!"))
        try client.send(ClientFrame.make(0x80, Array(#"ibe","a"]"#.utf8)))
        #expect(try client.frames() == ["pong !", #"431["Entered room: a"]"#])
    }

    @Test("256 events at once and 50 a second, CONNECT among them; one more closes with 1008")
    func events() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for _ in 0..<255 { try client.send(message: #"42["x"]"#) }
        fixture.advance(1_000)
        for _ in 0..<50 { try client.send(message: #"42["x"]"#) }
        #expect(try client.received() == [])
        try client.send(message: #"42["x"]"#)
        #expect(try client.received() == [0x88, 2, 0x03, 0xF0])
        #expect(fixture.realtime[0].sessionCount == 0)
    }
}
