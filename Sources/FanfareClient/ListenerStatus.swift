/// What becomes of a listener, besides events.
package enum ListenerStatus: Equatable, Sendable {
    case connected
    case subscribed
    /// The connection was lost; the next attempt follows.
    case lost(ConnectionLoss, retryMilliseconds: Int64)
}
