/// What one loop has to do for a channel.
package struct ChannelActivity: Sendable, Equatable {
    package let channel: ChannelName
    /// Fanned out on this loop since the last time.
    package let messages: Int
    /// Subscribed on this loop.
    package let members: Int
}

extension LoopShard {
    /// The channels with the most messages since the last call (or since somebody subscribed), and those with the most members. Called on
    /// this loop; looks at all its channels.
    /// - Parameter most: how many of each.
    package func takeActivity(most: Int) -> (busiest: [ChannelActivity], largest: [ChannelActivity]) {
        var busiest = SmallestFirst<ChannelActivity>(limit: most) { ($0.messages, $0.members) > ($1.messages, $1.members) }
        var largest = SmallestFirst<ChannelActivity>(limit: most) { ($0.members, $0.messages) > ($1.members, $1.messages) }
        for channel in self.channels.values {
            let messages = channel.messages &- channel.toldMessages
            channel.toldMessages = channel.messages
            let members = channel.members.count - channel.onlookers
            guard members > 0 else { continue }
            let activity = ChannelActivity(channel: channel.name, messages: messages, members: members)
            busiest.insert(activity)
            largest.insert(activity)
        }
        return (busiest.elements, largest.elements)
    }
}
