package import EngineIO
import WebSocketFraming

/// What the Socket.IO side needs to know of the configuration. A value, the same on every loop.
package struct RealtimeSettings: Sendable {
    package var timings = SessionTimings()
    /// How long a client may take from the handshake to its CONNECT, in milliseconds.
    package var connectTimeout: Int64 = 45_000
    /// Bytes of one WebSocket message or of one polling POST.
    package var maximumPayload = 1_000_000
    package var maximumFragments = 1024
    /// From a WebSocket message's first byte to its last, in milliseconds.
    package var messageTimeout: Int64 = 10_000
    /// Packets of one polling POST, and of one poll's answer.
    package var maximumPacketsAPost = 256
    package var maximumPacketsAReply = 16
    /// Sessions on long-polling, of all loops together.
    package var maximumPollingSessions = Int.max
    /// Channels a connection may be subscribed to.
    package var maximumChannels = 128
    /// What may wait for a connection that does not take it; room for the four largest messages in any case (contract 7).
    var queueBytes: Int { max(self.queueBytesWanted, 4 * (self.maximumPayload + 512)) }
    package var queueBytesWanted = 4 * 1024 * 1024
    /// How long the oldest byte may wait for a connection that is behind, in milliseconds.
    package var queueAge: Int64 = 30_000
    /// What may wait for all connections of one loop together.
    package var loopQueueBytes = Int.max
    /// Socket.IO packets that a connection may send, a second and at once.
    package var eventsPerSecond = 50
    package var eventBurst = 256
    /// WebSocket pings that a connection may send, a second and at once.
    package var pingsPerSecond = 20
    /// How long a peer may take to answer our WebSocket close frame, in milliseconds.
    package var closeTimeout: Int64 = 5_000

    package init() {}

    var messageLimits: MessageLimits {
        MessageLimits(maximumMessageBytes: self.maximumPayload, maximumFragments: self.maximumFragments)
    }
}
