import Broadcast
import NIOCore
import NIOEmbedded
import Realtime
import Testing

/// Who does not take what is sent is closed, at 4 MiB with the limits as they are (contract 7); nobody else notices.
@Suite("Bound on a connection's queue")
struct QueueBoundTests {
    private static let megabyte = "\"" + String(repeating: "x", count: 1_048_576) + "\""

    @Test("a long-poller that does not poll is closed when its queue passes the bound")
    func slowPolling() throws {
        let fixture = RealtimeFixture()
        let slow = try fixture.joinPolling(), quick = try fixture.joinPolling()
        for client in [slow, quick] { try client.post(#"42["subscribe","a"]"#) }
        for _ in 0..<3 {
            fixture.publish("a", Self.megabyte)
            fixture.run()
            #expect(try quick.poll()?.count == 1)
        }
        #expect(fixture.publish("a", Self.megabyte) == .accepted(subscribers: 2))
        fixture.run()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1), "only the other one is left")
        fixture.run()
        #expect(try quick.poll()?.count == 2)
        #expect(try slow.post("3")?.summary == Answer.unknownSession)
        #expect(try slow.poll()?.count == 4, "what was queued before the end")
        #expect(try slow.poll() == ["6", "1"])
        #expect(fixture.realtime[0].sessionCount == 1)
    }

    @Test("a WebSocket that does not read is closed with 1013 when its queue passes the bound")
    func slowWebSocket() throws {
        let fixture = RealtimeFixture()
        let slow = try fixture.joinWebSocket(), quick = try fixture.joinWebSocket()
        for client in [slow, quick] { try client.send(message: #"42["subscribe","a"]"#) }
        slow.transport.isStalled = true
        slow.channel.isWritable = false
        slow.channel.pipeline.fireChannelWritabilityChanged()
        for _ in 0..<3 {
            #expect(fixture.publish("a", Self.megabyte) == .accepted(subscribers: 2))
            fixture.run()
            #expect(try quick.frames().count == 1)
        }
        fixture.publish("a", Self.megabyte)
        fixture.run()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        #expect(fixture.realtime[0].sessionCount == 1)
        slow.transport.isStalled = false
        slow.channel.flush()
        #expect(try slow.frames().map(\.utf8.count) == Array(repeating: Self.megabyte.utf8.count + 8, count: 4) + [10])
        #expect(try quick.frames().count == 1)
        fixture.run()
        fixture.advance(5_016)
        #expect(!slow.isOpen && quick.isOpen)
    }

    @Test("a poll's answer that is lost unread ends the session, as its packets are gone; one that was read does not")
    func lostAnswer() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        for isRead in [true, false] {
            fixture.publish("a", Self.megabyte)
            fixture.run()
            let poll = try fixture.connect()
            poll.transport.isStalled = !isRead
            try poll.request("GET", client.target)
            if !isRead {
                poll.channel.isWritable = false
                poll.channel.pipeline.fireChannelWritabilityChanged()
            }
            poll.disconnect()
            fixture.run()
            #expect(fixture.realtime[0].sessionCount == (isRead ? 1 : 0))
        }
    }

    /// One event that asks for an acknowledgement of about its own size.
    private static let largeQuestion = #"421["subscribe","fanfare:"# + String(repeating: "x", count: 900_000) + #""]"#

    @Test("acknowledgements that a long-poller does not fetch count too")
    func unfetchedAcknowledgements() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        for _ in 0..<8 {
            try client.post(Self.largeQuestion)
            fixture.run()
        }
        #expect(try client.post("3")?.summary == Answer.unknownSession)
    }

    @Test("acknowledgements that a WebSocket does not read count too")
    func unreadAcknowledgements() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        client.transport.isStalled = true
        client.channel.isWritable = false
        client.channel.pipeline.fireChannelWritabilityChanged()
        for _ in 0..<8 {
            try client.send(message: Self.largeQuestion)
            fixture.run()
        }
        #expect(fixture.realtime[0].sessionCount == 0)
    }
}
