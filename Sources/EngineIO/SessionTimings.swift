/// The times of an Engine.IO session, in milliseconds.
package struct SessionTimings: Sendable {
    /// From the handshake, and from each pong, to the next ping.
    package var pingInterval: Int64 = 25_000
    /// From a ping to the end, unless a pong comes.
    package var pingTimeout: Int64 = 20_000
    /// How long a WebSocket may take to take over from long-polling.
    package var upgradeTimeout: Int64 = 10_000
    /// From the handshake to the client's first packet or poll.
    package var silentTimeout: Int64 = 10_000
    /// While it does, a waiting poll is answered with a noop this often (protocol.md 1.10, 3).
    package var upgradeTick: Int64 = 100
    /// How long a closed long-polling session waits for the poll that fetches its last packets.
    package var closeLinger: Int64 = 30_000

    package init() {}
}
