package import NIOCore
import Synchronization

/// One loop's part of the hub: its channels and their subscribers. Confined to its loop.
package final class LoopShard {
    package let index: Int
    package let eventLoop: any EventLoop
    package let hub: Hub
    var channels: [ChannelName: LocalChannel] = [:]
    /// Bytes of frames ever fanned out here, each counted once however many receive it.
    package private(set) var fannedOutBytes = 0
    /// Subscriptions here.
    package private(set) var subscriptions = 0
    /// Messages ever handed to subscribers, each counted once for each of them.
    package internal(set) var deliveries = 0
    /// Told how long each pass took that had something to fan out. Set before anything is published; may not call into the hub.
    package var passEnded: (TimeAmount) -> Void = { _ in }
    /// Told of each subscriber whom the messages of all nodes reach from now on (contract 10). Set before anybody subscribes; may not
    /// change subscriptions.
    package var channelConfirmed: (Subscriber, ChannelName) -> Void = { _, _ in }
    /// Set before anything is published.
    package var sockets = SocketLookup()

    // Of a drain; kept between drains only so that nothing is allocated anew.
    private var posts: [Mailbox.Post] = []
    private var tasks: [@Sendable (LoopShard) -> Void] = []
    private var touched: [LocalChannel] = []
    private var flushList: [Subscriber] = []
    private let batch = FanOutBatch(allocator: ByteBufferAllocator())

    init(hub: Hub, index: Int, eventLoop: any EventLoop) {
        self.hub = hub
        self.index = index
        self.eventLoop = eventLoop
    }

    // MARK: - Subscriptions

    /// Messages that get their place after this call reach the subscriber, none that have theirs already.
    /// - Returns: false if it was subscribed already.
    @discardableResult
    package func subscribe(_ subscriber: Subscriber, to name: ChannelName) -> Bool {
        if let channel = self.channels[name], subscriber.subscriptions.contains(where: { $0.channel === channel }) {
            return false
        }
        let place = self.hub.stripe(of: name).state.withLock { $0.join(name, loop: self.index, isCounted: subscriber.isCounted) }
        self.admit(subscriber, to: name, joinedAfter: place)
        self.hub.bus?.interestChanged(in: name)
        return true
    }

    /// The bus says that the messages of all nodes arrive now. A task of the mailbox.
    func confirmed(_ name: ChannelName) {
        guard let members = self.channels[name]?.members else { return }
        for member in members { self.channelConfirmed(member.subscriber, name) }
    }

    /// Nothing of the channel reaches the subscriber after this call.
    /// - Returns: false if it was not subscribed.
    @discardableResult
    package func unsubscribe(_ subscriber: Subscriber, from name: ChannelName) -> Bool {
        guard let channel = self.channels[name],
            let slot = subscriber.subscriptions.firstIndex(where: { $0.channel === channel })
        else { return false }
        self.end(slot, of: subscriber)
        return true
    }

    /// Ends all subscriptions of a subscriber that is going away.
    package func unsubscribeAll(_ subscriber: Subscriber) {
        while !subscriber.subscriptions.isEmpty {
            self.end(subscriber.subscriptions.count - 1, of: subscriber)
        }
    }

    package func isSubscribed(_ subscriber: Subscriber, to name: ChannelName) -> Bool {
        guard let channel = self.channels[name] else { return false }
        return subscriber.subscriptions.contains { $0.channel === channel }
    }

    /// Channels that somebody on this loop is subscribed to.
    package var channelCount: Int { self.channels.count }

    /// Puts a subscriber into the local table; the interest table knows of it already.
    func admit(_ subscriber: Subscriber, to name: ChannelName, joinedAfter place: UInt64) {
        let channel: LocalChannel
        if let known = self.channels[name] {
            channel = known
        } else {
            channel = LocalChannel(name: name)
            self.channels[name] = channel
        }
        let slot = subscriber.subscriptions.count
        subscriber.subscriptions.append(.init(channel: channel, index: channel.members.count))
        subscriber.hasOneSubscription = slot == 0
        channel.members.append(.init(subscriber: subscriber, slot: slot, joinedAfter: place))
        channel.latestJoin = max(channel.latestJoin, place)
        if subscriber.isCounted { self.subscriptions += 1 } else { channel.onlookers += 1 }
    }

    private func end(_ slot: Int, of subscriber: Subscriber) {
        let channel = subscriber.subscriptions[slot].channel
        self.hub.stripe(of: channel.name).state.withLock { $0.leave(channel.name, loop: self.index, isCounted: subscriber.isCounted) }
        self.remove(slot, of: subscriber)
        self.hub.bus?.interestChanged(in: channel.name)
    }

    /// Takes a subscription out of the local tables only. Both sides swap-remove, and each keeps the other's index right.
    func remove(_ slot: Int, of subscriber: Subscriber) {
        let subscription = subscriber.subscriptions[slot]
        let channel = subscription.channel
        if subscriber.isCounted { self.subscriptions -= 1 } else { channel.onlookers -= 1 }
        channel.members.swapAt(subscription.index, channel.members.count - 1)
        channel.members.removeLast()
        if subscription.index < channel.members.count {
            let moved = channel.members[subscription.index]
            moved.subscriber.subscriptions[moved.slot].index = subscription.index
        }
        subscriber.subscriptions.swapAt(slot, subscriber.subscriptions.count - 1)
        subscriber.subscriptions.removeLast()
        subscriber.hasOneSubscription = subscriber.subscriptions.count == 1
        if slot < subscriber.subscriptions.count {
            let moved = subscriber.subscriptions[slot]
            moved.channel.members[moved.index].slot = slot
        }
        if channel.members.isEmpty {
            self.channels[channel.name] = nil
        }
    }

    // MARK: - Fan-out

    /// Empties the mailbox and writes everything to everybody: each channel's messages joined, each connection flushed once.
    /// A task of the loop, scheduled by the first message that finds the mailbox empty. It runs after the I/O events of its turn, so the
    /// reply to a POST that arrived on this loop has left before.
    func drain() {
        let began = self.eventLoop.now
        self.hub.mailboxes[self.index].take(posts: &self.posts, tasks: &self.tasks)
        for task in self.tasks { task(self) }
        self.tasks.removeAll(keepingCapacity: true)

        var joins = false
        for post in self.posts {
            if let audience = post.publication.audience {
                self.fanOutTouched()
                self.deliver(post, to: audience)
                continue
            }
            guard let channel = self.channels[post.publication.channel] else { continue }
            if channel.pending.isEmpty { self.touched.append(channel) } else { joins = true }
            channel.pending.append(post)
        }
        self.fanOutTouched()
        self.batch.clear()
        for post in self.posts { self.hub.didFanOut(post.publication) }
        let pass = self.eventLoop.now - began
        if !self.posts.isEmpty { self.passEnded(pass) }
        self.posts.removeAll(keepingCapacity: true)
        self.hub.mailboxes[self.index].finishDrain(breath: joins ? Self.breath(after: pass) : Mailbox.breath)
    }

    /// Fans out what is pending, and flushes.
    private func fanOutTouched() {
        let isOnlyChannel = self.touched.count == 1
        for channel in self.touched {
            channel.messages &+= channel.pending.count
            self.fanOut(channel, isOnlyChannel: isOnlyChannel)
            channel.pending.removeAll(keepingCapacity: true)
        }
        self.touched.removeAll(keepingCapacity: true)
        for subscriber in self.flushList {
            subscriber.awaitsFlush = false
            subscriber.flushDeliveries()
        }
        self.flushList.removeAll(keepingCapacity: true)
    }

    /// One message, for these only.
    func fanOut(_ post: Mailbox.Post, to receivers: some Collection<Subscriber>) {
        _ = self.batch.fill(from: [post], startingAt: 0)
        self.fannedOutBytes &+= self.batch.byteCount
        for subscriber in receivers {
            if subscriber.isCounted { self.deliveries &+= 1 }
            subscriber.deliver(self.batch, from: 0, isLast: true)
        }
    }

    /// How long to let messages gather after a pass in which some were joined. Each pass costs one write a connection whatever it
    /// carries, so under load a pause in proportion to the pass saves more time than it takes; a lone message never waits for it.
    package static func breath(after pass: TimeAmount) -> TimeAmount {
        max(Mailbox.breath, min(.nanoseconds(pass.nanoseconds / 4 * 3), .milliseconds(4)))
    }

    private func fanOut(_ channel: LocalChannel, isOnlyChannel: Bool) {
        var start = 0
        while start < channel.pending.count {
            let end = self.batch.fill(from: channel.pending, startingAt: start)
            self.fannedOutBytes &+= self.batch.byteCount
            self.deliveries &+= (channel.members.count &- channel.onlookers) &* (end - start)
            let isEverybodysWhole = channel.latestJoin < self.batch.firstSequence
            let isOnlyBatch = start == 0 && end == channel.pending.count
            // Those who were members when the pass began: `deliver` may not change subscriptions.
            let kept = channel.members
            let members = kept.span
            for index in members.indices {
                var first = 0
                if !isEverybodysWhole, members[index].joinedAfter >= self.batch.firstSequence {
                    first = self.batch.index(after: members[index].joinedAfter, in: channel.pending, startingAt: start)
                    if members[index].subscriber.isCounted { self.deliveries &-= first }
                    if first == end - start { continue }
                }
                // Who receives nothing more in this pass is written to and flushed while it is at hand.
                let isLast = isOnlyBatch && (isOnlyChannel || members[index].subscriber.hasOneSubscription)
                members[index].subscriber.deliver(self.batch, from: first, isLast: isLast)
                if !isLast, !members[index].subscriber.awaitsFlush {
                    members[index].subscriber.awaitsFlush = true
                    self.flushList.append(members[index].subscriber)
                }
            }
            start = end
        }
    }
}

@available(*, unavailable) extension LoopShard: Sendable {}
