import Broadcast
import HTTPEdge
import NIOCore
import NIOEmbedded
import Realtime
import Testing

/// The age of a queue and the sum of all queues (contract 7), in virtual time.
@Suite("Slow readers")
struct QueueWatchTests {
    private static func text(kilobytes: Int) -> String {
        "\"" + String(repeating: "x", count: kilobytes * 1_000) + "\""
    }

    private func fixture(_ change: (inout RealtimeSettings) -> Void) -> RealtimeFixture {
        var settings = RealtimeSettings()
        change(&settings)
        return RealtimeFixture(settings: settings)
    }

    @Test("who leaves a byte waiting longer than the bound is closed")
    func age() throws {
        let fixture = self.fixture { $0.queueAge = 5_000 }
        let slow = try fixture.joinPolling()
        try slow.post(#"42["subscribe","a"]"#)
        fixture.publish("a", Self.text(kilobytes: 100))
        fixture.run()
        fixture.advance(4_500)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        fixture.advance(800)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.realtime[0].tally.cut == ["queue_age": 1])
    }

    @Test("who is always behind, but never for long with the same byte, stays")
    func alwaysBehind() throws {
        let fixture = self.fixture { $0.queueAge = 5_000 }
        let late = try fixture.joinPolling()
        try late.post(#"42["subscribe","a"]"#)
        for _ in 0..<20 {
            for _ in 0..<17 { fixture.publish("a", Self.text(kilobytes: 10)) }
            fixture.run()
            fixture.advance(2_000)
            #expect(try late.poll()?.isEmpty == false)
            #expect(try late.poll()?.isEmpty == false)
            fixture.publish("a", Self.text(kilobytes: 100))
            fixture.run()
        }
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        #expect(fixture.realtime[0].tally.cut.isEmpty)
    }

    @Test("what many wait for counts once")
    func shared() throws {
        let fixture = self.fixture { $0.loopQueueBytes = 1_000_000 }
        for _ in 0..<4 { try fixture.joinPolling().post(#"42["subscribe","a"]"#) }
        for _ in 0..<6 { fixture.publish("a", Self.text(kilobytes: 100)) }
        fixture.run()
        fixture.advance(1_000)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 4))
    }

    @Test("acknowledgements that nobody fetches count each for itself, and are let go of")
    func acknowledgements() throws {
        let fixture = self.fixture { $0.loopQueueBytes = 1_000_000 }
        let names = Array(repeating: #""""#, count: 128).joined(separator: ",")
        let posts = Array(repeating: #"421["subscribe",[\#(names)]]"#, count: 50).joined(separator: "\u{1E}")
        for _ in 0..<4 { try fixture.joinPolling().post(posts) }
        fixture.run()
        fixture.advance(300)
        #expect(fixture.realtime[0].tally.cut["all_queues"].map { $0 >= 2 } == true)
    }

    @Test("past the sum of all queues the largest goes first")
    func budget() throws {
        let fixture = self.fixture { $0.loopQueueBytes = 1_000_000 }
        let channels = ["small": 3, "large": 6, "medium": 4]
        for (channel, messages) in channels {
            try fixture.joinPolling().post(#"42["subscribe","\#(channel)"]"#)
            for _ in 0..<messages { fixture.publish(channel, Self.text(kilobytes: 100)) }
        }
        fixture.run()
        fixture.advance(300)
        #expect(fixture.publish("large", "1") == .accepted(subscribers: 0))
        #expect(fixture.publish("medium", "1") == .accepted(subscribers: 1))
        #expect(fixture.publish("small", "1") == .accepted(subscribers: 1))
        #expect(fixture.realtime[0].tally.cut == ["all_queues": 1])
    }

    @Test("a WebSocket that is cut for the sum is disconnected at once: what it holds is wanted back")
    func abortedWebSocket() throws {
        let fixture = self.fixture { $0.loopQueueBytes = 1_000_000 }
        let slow = try fixture.joinWebSocket()
        try slow.send(message: #"42["subscribe","a"]"#)
        slow.transport.isStalled = true
        slow.channel.isWritable = false
        slow.channel.pipeline.fireChannelWritabilityChanged()
        for _ in 0..<12 { fixture.publish("a", Self.text(kilobytes: 100)) }
        fixture.run()
        #expect(slow.isOpen)
        fixture.advance(300)
        #expect(fixture.realtime[0].tally.cut == ["all_queues": 1])
        #expect(!slow.isOpen)
    }

    @Test("of queues of one length those go first that have waited for longer")
    func equals() throws {
        let fixture = self.fixture { $0.loopQueueBytes = 1_000_000 }
        for channel in 0..<8 {
            try fixture.joinPolling().post(#"42["subscribe","\#(channel)"]"#)
            for _ in 0..<2 { fixture.publish("\(channel)", Self.text(kilobytes: 100)) }
        }
        fixture.run()
        fixture.advance(300)
        let isThere = (0..<8).map { fixture.publish("\($0)", "1") == .accepted(subscribers: 1) }
        #expect(isThere == [false, false, false, false, true, true, true, true])
    }

    @Test("a session whose client says nothing after the handshake ends after the silent deadline")
    func silence() throws {
        let fixture = self.fixture { _ in }
        let silent = try fixture.openWebSocket()
        fixture.advance(9_900)
        #expect(fixture.realtime[0].sessionCount == 1 && silent.isOpen)
        fixture.advance(200)
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.realtime[0].tally.cut == ["silent_deadline": 1])
    }
}
