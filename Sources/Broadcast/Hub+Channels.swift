import Synchronization

/// A channel and how many are subscribed to it, on all loops.
package struct ChannelCount: Sendable, Equatable {
    package let channel: ChannelName
    package let subscribers: Int

    package init(channel: ChannelName, subscribers: Int) {
        self.channel = channel
        self.subscribers = subscribers
    }
}

/// What somebody subscribes to, for those who ask. Called on any thread; each stripe is locked for as long as its names take to be copied,
/// so a publish waits for that at most.
extension Hub {
    package func subscribers(of channel: ChannelName) -> Int {
        self.stripe(of: channel).state.withLock { $0.channels[channel]?.subscribers ?? 0 }
    }

    /// A page of the channels that somebody is subscribed to, in the order of their bytes.
    /// - Parameters:
    ///   - prefix: what the names begin with.
    ///   - after: the page begins behind this name, which need not exist.
    ///   - limit: the longest page, at least 1.
    ///   - isListed: called with no lock held.
    /// - Returns: the page, and whether there are more behind it.
    package func channels(
        prefix: [UInt8], after: [UInt8], limit: Int, where isListed: (ChannelName) -> Bool
    ) -> (page: [ChannelCount], hasMore: Bool) {
        var page = SmallestFirst<ChannelCount>(limit: limit) { $0.channel.bytes.lexicographicallyPrecedes($1.channel.bytes) }
        for stripe in self.stripes {
            let counts = stripe.state.withLock { state in
                state.channels.compactMap { name, interest in
                    interest.subscribers > 0 ? ChannelCount(channel: name, subscribers: interest.subscribers) : nil
                }
            }
            for count in counts {
                let name = count.channel.bytes
                guard name.starts(with: prefix), after.lexicographicallyPrecedes(name), isListed(count.channel) else { continue }
                page.insert(count)
            }
        }
        return (page.elements, page.isCut)
    }
}
