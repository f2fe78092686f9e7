import Broadcast
import NIOCore
import NIOEmbedded

/// A hub whose loops turn only when a test says so.
final class HubFixture {
    let loops: [EmbeddedEventLoop]
    let hub: Hub
    let shards: [LoopShard]

    init(loops count: Int = 1, limits: HubLimits = HubLimits(), bus: (any MessageBus)? = nil) {
        let loops = (0..<count).map { _ in EmbeddedEventLoop() }
        let hub = Hub(loops: loops, limits: limits, bus: bus)
        self.loops = loops
        self.hub = hub
        self.shards = (0..<count).map { hub.makeShard(loop: $0) }
    }

    @discardableResult
    func publish(_ channel: String, _ payload: String, event: String = "e") -> Hub.Outcome {
        self.hub.publish(channel: name(channel), event: Array(event.utf8).span, payload: Array(payload.utf8).span)
    }

    func run() {
        for loop in self.loops { loop.run() }
    }
}

func name(_ text: String) -> ChannelName {
    ChannelName(Array(text.utf8))
}
