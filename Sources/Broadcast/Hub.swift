package import NIOCore
import Synchronization

/// The broadcast hub: who subscribes to what, and every message on its way to them. Used from every loop.
///
/// Each loop owns a `LoopShard` with its own subscribers. What the loops share is the interest table (striped), one mailbox a loop, and
/// the admission counters.
package final class Hub: Sendable {
    /// What became of a publish.
    package enum Outcome: Equatable, Sendable {
        /// It has its place in the channel's order and is queued for this many subscriptions.
        case accepted(subscribers: Int)
        /// Too much is accepted and not yet fanned out: sent to nobody.
        case overloaded
    }

    /// Loop masks are one `UInt64`.
    package static let maximumLoops = 64
    /// A power of two.
    static let stripeCount = 64

    let stripes: [InterestStripe]
    let mailboxes: [Mailbox]
    let admission: Admission
    /// What brings the messages of other nodes; nil for a server that is alone.
    package let bus: (any MessageBus)?
    /// Counts up when the bus is lost: confirmations that are older say nothing any more.
    let busPeriod = Atomic<UInt64>(1)

    /// - Parameter loops: 1 to `maximumLoops`; further ones are not used.
    package init(loops: [any EventLoop], limits: HubLimits, bus: (any MessageBus)? = nil) {
        self.bus = bus
        self.stripes = (0..<Self.stripeCount).map { _ in InterestStripe() }
        self.mailboxes = loops.prefix(Self.maximumLoops).map { Mailbox(eventLoop: $0) }
        self.admission = Admission(maximumBytes: limits.pendingBytes, maximumMessages: limits.pendingMessages)
    }

    /// Puts other limits in force. Called on any thread.
    package func apply(_ limits: HubLimits) {
        self.admission.apply(maximumBytes: limits.pendingBytes, maximumMessages: limits.pendingMessages)
    }

    /// Makes the shard of one loop. Called once for each loop, on it, before anything is published.
    package func makeShard(loop index: Int) -> LoopShard {
        let shard = LoopShard(hub: self, index: index, eventLoop: self.mailboxes[index].eventLoop)
        self.mailboxes[index].attach(shard)
        return shard
    }

    /// Sends an event to every subscriber of a channel. Called on any loop; never delivers before it returns.
    ///
    /// - Parameters:
    ///   - event: a name that `NameRule.checkEvent` has accepted.
    ///   - payload: exactly one JSON value.
    package func publish(
        channel: ChannelName, event: Span<UInt8>, payload: Span<UInt8>, allocator: ByteBufferAllocator = ByteBufferAllocator()
    ) -> Outcome {
        let stripe = self.stripe(of: channel)
        // Without a subscriber nothing is encoded and no place is taken.
        guard stripe.state.withLock({ $0.channels[channel] != nil }) else { return .accepted(subscribers: 0) }
        let publication = Publication(channel: channel, event: event, payload: payload, allocator: allocator)
        guard self.admission.tryTake(bytes: publication.byteCount) else { return .overloaded }
        return .accepted(subscribers: self.post(publication))
    }

    /// Sends what has its place already, so that it cannot be refused. Called by the bus, for one channel always on the same thread.
    /// - Returns: false if more is waiting than may be: the bus has to let the loops catch up.
    package func deliver(_ publication: Publication) -> Bool {
        guard self.stripe(of: publication.channel).state.withLock({ $0.channels[publication.channel] != nil }) else { return true }
        let isWithinBounds = self.admission.take(bytes: publication.byteCount)
        _ = self.post(publication)
        return isWithinBounds
    }

    /// Whether the next publish would be refused.
    package var isFull: Bool { self.admission.isFull }

    /// Gives an admitted message its place.
    /// - Returns: how many subscriptions it is for.
    private func post(_ publication: Publication) -> Int {
        let channel = publication.channel
        var loopsToWake: UInt64 = 0
        let subscribers = self.stripe(of: channel).state.withLock { state -> Int? in
            guard let interest = state.channels[channel] else { return nil }
            state.sequence += 1
            let post = Mailbox.Post(publication: publication, sequence: state.sequence)
            publication.expectFanOuts(interest.loops.nonzeroBitCount)
            Self.forEachLoop(in: interest.loops) { loop in
                if self.mailboxes[loop].append(post) {
                    loopsToWake |= 1 << UInt64(loop)
                }
            }
            return interest.subscribers
        }
        if subscribers == nil {
            self.admission.giveBack(bytes: publication.byteCount)
        }
        Self.forEachLoop(in: loopsToWake) { self.mailboxes[$0].wake() }
        return subscribers ?? 0
    }

    func stripe(of channel: ChannelName) -> InterestStripe {
        self.stripes[channel.stripe(of: Self.stripeCount)]
    }

    /// Called by each loop that has fanned the message out.
    func didFanOut(_ publication: Publication) {
        if publication.didFanOut() {
            self.admission.giveBack(bytes: publication.byteCount)
        }
    }

    /// Messages accepted and not yet fanned out on every loop.
    package var pendingMessages: Int {
        self.admission.pendingMessages
    }

    /// Channels that somebody is subscribed to, on any loop.
    package var channelCount: Int {
        self.stripes.reduce(0) { $0 + $1.state.withLock { $0.subscribedChannels } }
    }

    static func forEachLoop(in mask: UInt64, _ body: (Int) -> Void) {
        var rest = mask
        while rest != 0 {
            body(rest.trailingZeroBitCount)
            rest &= rest &- 1
        }
    }
}
