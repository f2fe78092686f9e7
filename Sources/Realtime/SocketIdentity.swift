import HTTPEdge
import SocketIO

/// What a session is to those who look at it from outside: its socket in the main namespace.
struct SocketIdentity: Sendable {
    let identifier: SocketIdentifier
    /// When it joined the namespace.
    let since: Milliseconds
}
