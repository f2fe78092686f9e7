import NIOCore
import Synchronization

/// A channel that a moving subscriber is subscribed to, and the place from which its new loop delivers.
package struct Placement: Sendable {
    package let channel: ChannelName
    package let place: UInt64
}

extension LoopShard {
    /// Takes a subscriber off this loop so that it goes on, on another one, with nothing lost, doubled or out of order.
    ///
    /// Under the locks that order the messages of all its channels: the new loop becomes interested, each channel's place is noted, what this
    /// loop's mailbox still holds for the subscriber is collected, and the hand-over enters the new loop's mailbox. Messages with a later
    /// place enter that mailbox behind the hand-over, those with an earlier one are in `rest` or were delivered. So one step is enough:
    /// nothing has to be forwarded or waited for.
    ///
    /// - Parameter handOver: makes the task that the new loop runs; called with the messages that the subscriber still has to receive here,
    ///   in order, and with what to `resume` there. It may not call into the hub.
    package func move(
        _ subscriber: Subscriber, to destination: Int,
        handOver: (_ rest: [Publication], _ placements: [Placement]) -> @Sendable (LoopShard) -> Void
    ) {
        var joinedAfter: [ChannelName: UInt64] = [:]
        var channelsByStripe: [Int: [LocalChannel]] = [:]
        for subscription in subscriber.subscriptions {
            let channel = subscription.channel
            joinedAfter[channel.name] = channel.members[subscription.index].joinedAfter
            channelsByStripe[channel.name.stripe(of: Hub.stripeCount), default: []].append(channel)
        }
        var placements: [Placement] = []
        var wakesDestination = false
        // One order for everybody who locks several stripes.
        let stripes = channelsByStripe.sorted { $0.key < $1.key }
        self.relocate(stripes[...], to: destination, placements: &placements) { placements in
            let rest = self.hub.mailboxes[self.index].posts { post in
                joinedAfter[post.publication.channel].map { post.sequence > $0 } ?? false
            }
            self.deliveries &+= rest.count
            let task = handOver(rest.map(\.publication), placements)
            wakesDestination = self.hub.mailboxes[destination].append(task: task)
        }
        while !subscriber.subscriptions.isEmpty {
            self.remove(subscriber.subscriptions.count - 1, of: subscriber)
        }
        if wakesDestination { self.hub.mailboxes[destination].wake() }
    }

    /// Has something done on another loop, before any hand-over that is sent there afterwards.
    package func send(to destination: Int, _ task: @escaping @Sendable (LoopShard) -> Void) {
        let mailbox = self.hub.mailboxes[destination]
        if mailbox.append(task: task) { mailbox.wake() }
    }

    /// Locks the stripes one inside the other (at most `Hub.stripeCount`), and calls `body` when all are held.
    private func relocate(
        _ stripes: ArraySlice<(key: Int, value: [LocalChannel])>, to destination: Int, placements: inout [Placement],
        body: ([Placement]) -> Void
    ) {
        guard let (key, channels) = stripes.first else { return body(placements) }
        self.hub.stripes[key].state.withLock { state in
            for channel in channels {
                let place = state.relocate(channel.name, from: self.index, to: destination)
                placements.append(Placement(channel: channel.name, place: place))
            }
            self.relocate(stripes.dropFirst(), to: destination, placements: &placements, body: body)
        }
    }

    /// Takes up a moved subscriber's subscriptions. Called in the hand-over task, on the new loop.
    package func resume(_ subscriber: Subscriber, _ placements: [Placement]) {
        for placement in placements {
            self.admit(subscriber, to: placement.channel, joinedAfter: placement.place)
        }
    }
}
