package import EngineIO
package import HTTPEdge

/// The layer above an Engine.IO session: Socket.IO in the product, an echo in the conformance server. One for each session, made with it,
/// called on its loop.
package protocol EngineApplication: AnyObject {
    func received(text: Span<UInt8>)
    func received(binary: Span<UInt8>)
    /// When `deadlinePassed` wants to be called; nil for never.
    var deadline: Milliseconds? { get }
    func deadlinePassed()
    /// The session has ended and can no longer be written to.
    func closed(_ reason: CloseReason)
    /// The session moves to another loop: everything that has to go along, as something that makes the application anew there.
    func handOver() -> @Sendable (EngineSession, RealtimeLoop) -> any EngineApplication
}
