import EngineIO
import NIOCore
import WebSocketFraming

/// A WebSocket that wants to become the transport of a long-polling session (protocol.md 1.10). It lives on the loop that accepted its
/// connection; what it receives is judged by the session's machine, wherever the session is.
final class UpgradeCandidate: WebSocketOwner {
    /// A candidate's name within the server.
    struct Identifier: Hashable, Sendable {
        let loop: Int
        let number: UInt64
    }

    let identifier: Identifier
    private let session: SessionIdentifier
    private let loop: RealtimeLoop
    private(set) var webSocket: WebSocketHandler?
    /// What has come behind the upgrade packet while the session is still on its way to this loop; nil before.
    private var held: [PollOutbox.Packet]?
    private var heldBytes = 0
    /// The session has dropped it before its connection was a WebSocket.
    private var isDropped = false

    init(identifier: Identifier, session: SessionIdentifier, loop: RealtimeLoop) {
        self.identifier = identifier
        self.session = session
        self.loop = loop
    }

    func webSocketOpened(_ handler: WebSocketHandler) {
        self.webSocket = handler
        if self.isDropped { self.drop() }
    }

    /// Closes the WebSocket, if there is one already, else as soon as there is.
    func drop() {
        self.isDropped = true
        self.webSocket?.close(nil, reason: .forcedClose)
    }

    func webSocketReceived(text: Span<UInt8>) {
        if self.held != nil { return self.hold(.text(ByteBuffer(bytes: text.indices.map { text[$0] })), byteCount: text.count) }
        var type = PacketType.open
        var isProbe = false
        if let packet = try? PacketCodec.decode(0..<text.count, of: text) {
            type = packet.type
            isProbe = Array("probe".utf8).elementsEqual(packet.payload.map { text[$0] })
        }
        self.tellSession(type, isProbe: isProbe)
    }

    func webSocketReceived(binary: Span<UInt8>) {
        if self.held != nil { return self.hold(.binary(binary.indices.map { binary[$0] }), byteCount: binary.count) }
        self.tellSession(.open, isProbe: false)
    }

    private func hold(_ message: PollOutbox.Packet, byteCount: Int) {
        self.heldBytes += byteCount + MemoryLayout<PollOutbox.Packet>.size
        guard self.heldBytes <= self.loop.settings.queueBytes else {
            self.webSocket?.close(.policyViolation, reason: .queueBytes)
            return
        }
        self.held?.append(message)
    }

    /// The session is here: it gets what came behind the upgrade packet, in order.
    func release(to session: EngineSession) {
        for message in self.held ?? [] {
            switch message {
            case .text(let text): session.webSocketReceived(text: text.readableBytesUInt8Span)
            case .binary(let bytes): session.webSocketReceived(binary: bytes.span)
            }
        }
        self.held = nil
    }

    /// Whatever cannot be a part of the upgrade is told as `open`, which drops the candidate.
    private func tellSession(_ packet: PacketType, isProbe: Bool) {
        let session = self.session, candidate = self.identifier
        if packet == .upgrade, session.loop != self.loop.index { self.held = [] }
        self.loop.directory.run(on: session.loop) { $0.session(session)?.candidate(candidate, received: packet, isProbe: isProbe) }
    }

    func webSocketClosed(_ reason: CloseReason) {
        self.webSocket = nil
        self.loop.forget(self)
        let session = self.session, candidate = self.identifier
        self.loop.directory.run(on: session.loop) { $0.session(session)?.candidateLost(candidate) }
    }
}

/// For a WebSocket that is accepted only to be closed: the session has one already (protocol.md 1.3).
final class SurplusWebSocket: WebSocketOwner {
    func webSocketOpened(_ handler: WebSocketHandler) { handler.close(nil, reason: .forcedClose) }
    func webSocketReceived(text: Span<UInt8>) {}
    func webSocketReceived(binary: Span<UInt8>) {}
    func webSocketClosed(_ reason: CloseReason) {}
}
