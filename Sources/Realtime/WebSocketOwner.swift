import EngineIO

/// What a WebSocket's messages go to: a session, or a candidate that wants to become a session's transport. Called on the loop.
protocol WebSocketOwner: AnyObject {
    /// The connection is a WebSocket now and can be written to.
    func webSocketOpened(_ handler: WebSocketHandler)
    func webSocketReceived(text: Span<UInt8>)
    func webSocketReceived(binary: Span<UInt8>)
    /// Closed by the peer, lost, or closed by us; called once.
    func webSocketClosed(_ reason: CloseReason)
}
