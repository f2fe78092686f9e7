/// What a connection's user hears from it, on its loop. Nothing after `socketLost`, and nothing after `close()`.
package protocol SocketIOClientDelegate: AnyObject {
    /// Connected to the default namespace: the time to subscribe.
    func socketConnected(_ connection: SocketIOClientConnection)
    /// The answer to `subscribe`.
    /// - Parameter refusal: what the server says if it did not subscribe us.
    func socketAnswered(_ connection: SocketIOClientConnection, refusal: String?)
    /// One event. The hot path.
    /// - Parameter text: the whole packet as it came, UTF-8; valid during the call.
    func socketReceived(_ packet: EventPacket, of text: Span<UInt8>, on connection: SocketIOClientConnection)
    /// No more events for the moment: the time to pass on what was gathered.
    func socketReadCompleted(_ connection: SocketIOClientConnection)
    func socketLost(_ connection: SocketIOClientConnection, _ loss: ConnectionLoss)
}
