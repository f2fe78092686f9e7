/// Whom a message is for that is not for the subscribers of one channel: only emitters' messages are (protocol.md 5.1). Each of them gets it
/// once, whatever else it is subscribed to.
package struct Audience: Sendable, Equatable {
    /// Nil: everybody who is connected.
    package let channels: [ChannelName]?
    /// Subscribers of these get nothing.
    package let except: [ChannelName]
    /// Nor do these sockets, by the ids that their clients know.
    package let exceptSockets: [[UInt8]]

    package init(channels: [ChannelName]?, except: [ChannelName], exceptSockets: [[UInt8]]) {
        self.channels = channels
        self.except = except
        self.exceptSockets = exceptSockets
    }
}
