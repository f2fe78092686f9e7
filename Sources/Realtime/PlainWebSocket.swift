import EngineIO
package import HTTPEdge

/// A WebSocket with nothing of Engine.IO on it: whole messages in, whole messages out. Handshake, frames, pings and closes are the same code
/// as a session's. Confined to its loop; alive as long as its connection.
package final class PlainWebSocket: WebSocketOwner {
    /// A message, whether it is binary, and the WebSocket it came on.
    package typealias Received = (_ message: Span<UInt8>, _ isBinary: Bool, _ webSocket: PlainWebSocket) -> Void

    private let received: Received
    private var handler: WebSocketHandler?

    private init(received: @escaping Received) {
        self.received = received
    }

    /// Answers an upgrade request with 101 and reads messages from then on.
    /// - Parameters:
    ///   - settings: its limits on messages and pings and its timeouts count, nothing else.
    ///   - received: called on the loop for every message; a text message is valid UTF-8.
    /// - Returns: false for a request that is no proper upgrade to a WebSocket, which is still to be answered.
    package static func accept(
        _ request: Request, on exchange: Exchange, loop: HTTPLoop, settings: RealtimeSettings, received: @escaping Received
    ) -> Bool {
        guard EngineEndpoint.isUpgrade(request), let key = request.facts.webSocketKey else { return false }
        exchange.upgrade(
            responding: WebSocketHandshake.response(key: key, offeredProtocols: request.facts.webSocketProtocol),
            to: WebSocketHandler(
                owner: PlainWebSocket(received: received), replacing: exchange, wheel: loop.wheel, tally: loop.tally,
                settings: settings, sendsBase64: false))
        return true
    }

    /// Sends a whole message; after the end of the connection nothing.
    package func send(_ message: [UInt8], isBinary: Bool) {
        if isBinary { self.handler?.send(binary: message) } else { self.handler?.send(text: message) }
    }

    func webSocketOpened(_ handler: WebSocketHandler) { self.handler = handler }
    func webSocketReceived(text: Span<UInt8>) { self.received(text, false, self) }
    func webSocketReceived(binary: Span<UInt8>) { self.received(binary, true, self) }
    func webSocketClosed(_ reason: CloseReason) { self.handler = nil }
}

@available(*, unavailable) extension PlainWebSocket: Sendable {}
