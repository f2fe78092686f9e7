import EngineIO
import HTTPEdge
import Realtime
import Testing

/// How long a WebSocket message may take to arrive (contract 7), in virtual time.
@Suite("WebSocket message deadline")
struct MessageDeadlineTests {
    /// 1008.
    private static let policyViolation: [UInt8] = [0x88, 2, 0x03, 0xF0]

    @Test("a frame byte by byte is cut at 10 s, however steadily it comes")
    func trickle() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for byte in ClientFrame.text("42[\"" + String(repeating: "x", count: 100)).prefix(10) {
            try client.send([byte])
            fixture.advance(990)
        }
        #expect(try client.received() == [] && fixture.realtime[0].sessionCount == 1)
        fixture.advance(200)
        #expect(try client.received() == Self.policyViolation)
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.realtime[0].tally.cut == ["message_deadline": 1])
    }

    @Test("control frames between its fragments give a message no more time")
    func interleaved() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(ClientFrame.make(0x01, Array("42[".utf8)))
        for _ in 0..<9 {
            fixture.advance(1_000)
            try client.send(ClientFrame.ping("p"))
            _ = try client.received()
        }
        fixture.advance(1_100)
        #expect(try client.received() == Self.policyViolation)
    }

    @Test("each message has its own time, and between messages none runs")
    func each() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for _ in 0..<2 {
            try client.send(ClientFrame.make(0x01, Array("42[\"a\"".utf8)))
            fixture.advance(6_000)
            try client.send(ClientFrame.make(0x80, Array("]".utf8)))
        }
        fixture.advance(12_000)
        #expect(fixture.realtime[0].sessionCount == 1 && fixture.realtime[0].tally.cut.isEmpty)
    }
}
