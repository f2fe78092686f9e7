import Synchronization

/// A part of the table that says which loops have subscribers for which channel. Its lock is what orders the messages of its channels:
/// a publish takes its place and enters the loops' mailboxes under it, a subscriber notes its place under it.
///
/// Lock order: stripe, then mailbox. Nothing else is called while either is held.
final class InterestStripe: Sendable {
    struct Interest {
        /// Bit n: loop n has at least one subscriber.
        var loops: UInt64 = 0
        /// Subscriptions on all loops.
        var subscribers = 0
    }

    struct State {
        var channels: [ChannelName: Interest] = [:]
        /// The place of the latest message of any channel of this stripe. It never goes back, not even when a channel is forgotten
        /// and comes into being again, so a message that is still on its way cannot reach somebody who subscribed after it.
        var sequence: UInt64 = 0

        /// One more subscription on `loop`. Returns the place after which messages are for it.
        mutating func join(_ name: ChannelName, loop: Int) -> UInt64 {
            self.channels[name, default: Interest()].subscribers += 1
            self.channels[name]?.loops |= 1 << UInt64(loop)
            return self.sequence
        }

        /// One subscription less.
        /// - Parameter isLastOnLoop: nobody else on `loop` listens to the channel.
        mutating func leave(_ name: ChannelName, loop: Int, isLastOnLoop: Bool) {
            guard var interest = self.channels[name] else { return }
            interest.subscribers -= 1
            if isLastOnLoop {
                interest.loops &= ~(1 << UInt64(loop))
            }
            self.channels[name] = interest.subscribers > 0 ? interest : nil
        }

        /// A subscription changes loops. Returns the place after which messages reach it on the new one.
        mutating func relocate(_ name: ChannelName, from origin: Int, to destination: Int, isLastOnLoop: Bool) -> UInt64 {
            self.channels[name]?.loops |= 1 << UInt64(destination)
            if isLastOnLoop {
                self.channels[name]?.loops &= ~(1 << UInt64(origin))
            }
            return self.sequence
        }
    }

    let state = Mutex(State())
}
