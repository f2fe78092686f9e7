import Synchronization

/// A part of the table that says which loops have subscribers for which channel. Its lock is what orders the messages of its channels:
/// a publish takes its place and enters the loops' mailboxes under it, a subscriber notes its place under it.
///
/// Lock order: stripe, then mailbox. Nothing else is called while either is held.
final class InterestStripe: Sendable {
    struct Interest {
        /// Bit n: loop n has at least one subscriber, or one on its way to it.
        private(set) var loops: UInt64 = 0
        /// Subscriptions on all loops that count.
        private(set) var subscribers = 0
        /// Members by loop. A loop's own table is not enough: a subscriber that moves counts for its new loop before it is there.
        private var membersByLoop: [Int32] = []
        /// The bus's period in which it said that the messages of all nodes arrive; 0: it has not.
        var confirmedIn: UInt64 = 0

        mutating func add(_ loop: Int, isCounted: Bool) {
            while self.membersByLoop.count <= loop { self.membersByLoop.append(0) }
            self.membersByLoop[loop] += 1
            if isCounted { self.subscribers += 1 }
            self.loops |= 1 << UInt64(loop)
        }

        mutating func remove(_ loop: Int, isCounted: Bool) {
            guard loop < self.membersByLoop.count, self.membersByLoop[loop] > 0 else { return }
            self.membersByLoop[loop] -= 1
            if isCounted { self.subscribers -= 1 }
            if self.membersByLoop[loop] == 0 {
                self.loops &= ~(1 << UInt64(loop))
            }
        }
    }

    struct State {
        var channels: [ChannelName: Interest] = [:]
        /// Channels that somebody is subscribed to who counts.
        private(set) var subscribedChannels = 0
        /// The place of the latest message of any channel of this stripe. It never goes back, not even when a channel is forgotten
        /// and comes into being again, so a message that is still on its way cannot reach somebody who subscribed after it.
        var sequence: UInt64 = 0

        /// One more subscription on `loop`. Returns the place after which messages are for it.
        mutating func join(_ name: ChannelName, loop: Int, isCounted: Bool) -> UInt64 {
            self.channels[name, default: Interest()].add(loop, isCounted: isCounted)
            if isCounted, self.channels[name]?.subscribers == 1 { self.subscribedChannels += 1 }
            return self.sequence
        }

        /// One subscription less.
        mutating func leave(_ name: ChannelName, loop: Int, isCounted: Bool) {
            self.channels[name]?.remove(loop, isCounted: isCounted)
            if isCounted, self.channels[name]?.subscribers == 0 { self.subscribedChannels -= 1 }
            if self.channels[name]?.loops == 0 {
                self.channels[name] = nil
            }
        }

        /// A subscription that counts changes loops. Returns the place after which messages reach it on the new one.
        mutating func relocate(_ name: ChannelName, from origin: Int, to destination: Int) -> UInt64 {
            self.channels[name]?.add(destination, isCounted: true)
            self.channels[name]?.remove(origin, isCounted: true)
            return self.sequence
        }
    }

    let state = Mutex(State())
}
