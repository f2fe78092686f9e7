/// One loop's part of a channel: its subscribers here, side by side in memory, and what is about to be fanned out to them.
/// Confined to its loop.
package final class LocalChannel {
    struct Member {
        let subscriber: Subscriber
        /// Where the subscriber keeps this subscription; kept right by both sides when one of them swap-removes.
        var slot: Int
        /// Messages up to this place were published before the subscription.
        let joinedAfter: UInt64
    }

    let name: ChannelName
    var members: ContiguousArray<Member> = []
    /// This drain's messages, in order. Empty between drains.
    var pending: [Mailbox.Post] = []
    /// No member joined later than this: a batch that begins after it needs no look at the members' places.
    var latestJoin: UInt64 = 0

    /// Members that do not count.
    var onlookers = 0
    /// Messages that were fanned out here while there was a member, and how many of them were told by `takeActivity`.
    var messages = 0
    var toldMessages = 0

    init(name: ChannelName) {
        self.name = name
    }
}

@available(*, unavailable) extension LocalChannel: Sendable {}
