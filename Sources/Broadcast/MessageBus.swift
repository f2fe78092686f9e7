/// What carries messages between nodes, seen from the hub: the backplane implements it. Without one the hub is the only node.
package protocol MessageBus: AnyObject, Sendable {
    /// Sends an event to the channel's subscribers on every node, this one among them. Called on any loop.
    /// - Parameters:
    ///   - event: a name that `NameRule.checkEvent` has accepted.
    ///   - payload: exactly one JSON value.
    ///   - done: called once, on any thread.
    func publish(channel: ChannelName, event: [UInt8], payload: [UInt8], done: @escaping @Sendable (BusOutcome) -> Void)

    /// Somebody here has subscribed to the channel or has left it: the hub knows how many there are now. Called on any loop, for every
    /// subscription, with no lock held.
    func interestChanged(in channel: ChannelName)
}

/// What became of a publish that went to all nodes (contract 10).
package enum BusOutcome: Equatable, Sendable {
    /// It has its place in the channel's order, and its nodes have it or are about to.
    case accepted(subscribers: Int)
    /// Too much is on its way already: sent to nobody.
    case overloaded
    /// The bus is known to be away, or has refused it: sent to nobody.
    case down
    /// It was sent and nothing came back: nobody knows.
    case unanswered
}
