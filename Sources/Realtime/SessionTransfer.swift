import Broadcast
import EngineIO

/// A session on its way to the loop that its WebSocket arrived on, as one value.
struct SessionTransfer: Sendable {
    let identifier: SessionIdentifier
    let machine: SessionStateMachine
    /// Everything that the client has not got yet, in order, up to the placements.
    let queued: [PollOutbox.Packet]
    let placements: [Placement]
    /// Makes the application anew.
    let application: @Sendable (EngineSession, RealtimeLoop) -> any EngineApplication
    let candidate: UpgradeCandidate.Identifier
    let socket: SocketIdentity?
    let address: String?
}
