package import Broadcast
package import HTTPEdge
package import SocketIO

/// One socket of the main namespace as it is at a moment, for introspection. A value that may leave its loop.
package struct SocketReport: Sendable {
    package let socket: SocketIdentifier
    package let isOnWebSocket: Bool
    /// Without a port; what a listed proxy says of it.
    package let address: String?
    package let age: Milliseconds
    /// The first of them, in no order.
    package let channels: [ChannelName]
    package let channelCount: Int
    /// Bytes that the client has not taken.
    package let queuedBytes: Int
    /// For how long the oldest of them wait; 0 if they are too few to be looked after.
    package let queueAge: Milliseconds
}
