/// What the sockets of a server do: the broadcast channels in the product, the protocol suites' fixture in the conformance server.
/// One a loop, called on it.
package protocol SocketApplication: AnyObject {
    /// Whether clients may send binary events.
    var acceptsBinary: Bool { get }
    /// - Parameter namespace: nil for the main namespace `/`.
    func hasNamespace(_ namespace: [UInt8]?) -> Bool
    /// A client wants to join a namespace.
    /// - Parameter auth: the CONNECT payload, a JSON object, if there was one.
    func admit(_ socket: Socket, auth: [UInt8]?) -> SocketAdmission
    /// The client has been told that it is connected.
    /// - Parameter auth: the CONNECT payload, a JSON object, if there was one.
    func connected(_ socket: Socket, auth: [UInt8]?)
    /// - Parameters:
    ///   - arguments: a JSON array, the event's name first.
    ///   - attachments: of a binary event, in the order of its placeholders.
    ///   - ackID: digits, if the client asks for an acknowledgement.
    func received(_ arguments: Span<UInt8>, attachments: [[UInt8]], ackID: [UInt8]?, on socket: Socket)
    /// The client has left the namespace; its session goes on. Not called when the session ends.
    func disconnected(_ socket: Socket)
    /// A token of the connection ends, or is about to.
    func tokensDue(on socket: Socket)
}

extension SocketApplication {
    package func admit(_ socket: Socket, auth: [UInt8]?) -> SocketAdmission { .admitted }
    package func tokensDue(on socket: Socket) {}
}
