/// Somebody who receives messages: a session, seen from the hub. A base class rather than a protocol, so that a channel's members are one
/// pointer each and a delivery one vtable call; `open`, since only such a class can be inherited from in another target. Confined to its
/// loop.
open class Subscriber {
    struct Subscription {
        let channel: LocalChannel
        /// Index in `channel.members`.
        var index: Int
    }

    final var subscriptions: [Subscription] = []
    /// That there is one and no more. Here, as the fan-out asks of each receiver, and the array is in another place of the memory.
    final var hasOneSubscription = false
    /// Whether the shard's flush list holds it already.
    final var awaitsFlush = false

    /// Somebody who only looks on (a tap) is told of nowhere, and never moves to another loop.
    let isCounted: Bool

    package init(isCounted: Bool = true) {
        self.isCounted = isCounted
    }

    /// Takes a batch of one channel's messages. It may not subscribe, unsubscribe or close: whoever has to go, goes in a later turn.
    ///
    /// - Parameters:
    ///   - batch: valid during the call; keep its buffers, not the batch.
    ///   - first: index of the first message that is for this subscriber.
    ///   - isLast: nothing more comes in this drain: what was taken can be sent. Otherwise `flushDeliveries` follows.
    open func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {}

    /// Sends what `deliver` has taken. Called once a drain for each subscriber that was not told at once that there is no more.
    open func flushDeliveries() {}

    /// Channels that it is subscribed to.
    package final var subscriptionCount: Int {
        self.subscriptions.count
    }

    package final var subscribedChannels: [ChannelName] {
        self.subscriptions.map(\.channel.name)
    }
}

@available(*, unavailable) extension Subscriber: Sendable {}
