/// What a WebSocket's user hears from it, on its loop. Nothing after `webSocketLost`.
protocol WebSocketClientOwner: AnyObject {
    /// - Parameter text: one whole message, UTF-8; valid during the call.
    func webSocketReceived(text: Span<UInt8>)
    /// No more messages for the moment: the time to pass on what was gathered.
    func webSocketReadCompleted()
    func webSocketLost(_ loss: ConnectionLoss)
}
