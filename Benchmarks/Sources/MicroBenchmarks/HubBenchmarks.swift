import Broadcast
import NIOCore
import NIOEmbedded

/// From the publish to the subscribers' `deliver`, without any socket behind it.
enum HubBenchmarks {
    static var all: [Benchmark] {
        [
            Self.drain(subscribers: 1, messages: 1), Self.drain(subscribers: 1_000, messages: 1),
            Self.drain(subscribers: 1_000, messages: 64), Self.drain(subscribers: 15_000, messages: 1),
            Self.drain(subscribers: 15_000, messages: 64), Self.drainChannels(1_000, subscribers: 15),
            Self.publishToNobody(),
        ]
    }

    private static let event = Array("update".utf8)

    private static func drain(subscribers: Int, messages: Int) -> Benchmark {
        let loop = EmbeddedEventLoop()
        let hub = Hub(loops: [loop], limits: HubLimits())
        let shard = hub.makeShard(loop: 0)
        let channel = ChannelName(Array("news".utf8))
        let members = (0..<subscribers).map { _ in SilentSubscriber() }
        for member in members { shard.subscribe(member, to: channel) }
        return Benchmark(
            "hub, \(messages) to \(subscribers)", unit: "delivery", operations: subscribers * messages
        ) {
            for _ in 0..<messages {
                _ = hub.publish(channel: channel, event: Self.event.span, payload: Documents.small.span)
            }
            loop.run()
            return members[0].receivedBytes
        }
    }

    /// One message to each of many channels in one pass.
    private static func drainChannels(_ count: Int, subscribers: Int) -> Benchmark {
        let loop = EmbeddedEventLoop()
        let hub = Hub(loops: [loop], limits: HubLimits())
        let shard = hub.makeShard(loop: 0)
        let channels = (0..<count).map { ChannelName(Array("channel-\($0)".utf8)) }
        let members = (0..<count * subscribers).map { _ in SilentSubscriber() }
        for (index, member) in members.enumerated() { shard.subscribe(member, to: channels[index % count]) }
        return Benchmark("hub, 1 to each of \(count) × \(subscribers)", unit: "delivery", operations: count * subscribers) {
            for channel in channels {
                _ = hub.publish(channel: channel, event: Self.event.span, payload: Documents.small.span)
            }
            loop.run()
            return members[0].receivedBytes
        }
    }

    private static func publishToNobody() -> Benchmark {
        let hub = Hub(loops: [EmbeddedEventLoop()], limits: HubLimits())
        _ = hub.makeShard(loop: 0)
        let channel = ChannelName(Array("news".utf8))
        return Benchmark("hub, publish to nobody", unit: "message") {
            hub.publish(channel: channel, event: Self.event.span, payload: Documents.small.span) == .overloaded ? 1 : 0
        }
    }
}

/// Takes what a WebSocket would write, and drops it.
private final class SilentSubscriber: Subscriber {
    private(set) var receivedBytes = 0

    override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        self.receivedBytes &+= batch.frames(from: first).readableBytes
    }
}
