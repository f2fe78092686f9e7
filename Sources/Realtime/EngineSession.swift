package import Broadcast
package import EngineIO
package import HTTPEdge
import NIOCore
import WebSocketFraming
import WireBytes

/// One Engine.IO session: the machine that decides, the transport that carries, the application above. To the hub it is a subscriber.
/// Confined to its loop.
package final class EngineSession: Subscriber {
    package let identifier: SessionIdentifier
    let loop: RealtimeLoop
    var machine: SessionStateMachine
    /// The WebSocket that carries the session.
    private(set) var webSocket: WebSocketHandler?
    /// There while long-polling carries it.
    private(set) var polling: PollingTransport?
    /// The WebSocket that is on its way to replace long-polling.
    var candidate: UpgradeCandidate.Identifier?
    /// Set by the loop right after init; cleared at the end.
    var application: (any EngineApplication)?
    /// There while it is a socket of the main namespace.
    var socket: SocketIdentity?
    /// Where the client is, without a port: of the request that began the session.
    let address: String?
    package var wheelDeadline: Milliseconds?
    /// It counts against the limit on sessions without a WebSocket.
    var hasPollingPlace = false
    /// What its loop counts it as.
    private var counted = Carrier.none

    init(identifier: SessionIdentifier, loop: RealtimeLoop, isWebSocket: Bool, address: String?) {
        self.identifier = identifier
        self.address = address
        self.loop = loop
        self.machine = SessionStateMachine(isWebSocket: isWebSocket, timings: loop.settings.timings, now: loop.wheel.now)
        self.polling = isWebSocket ? nil : PollingTransport(maximumPacketsAReply: loop.settings.maximumPacketsAReply)
        super.init()
    }

    /// A session that arrives from another loop, over the WebSocket that brought it here.
    init(moved transfer: SessionTransfer, to loop: RealtimeLoop) {
        self.identifier = transfer.identifier
        self.address = transfer.address
        self.socket = transfer.socket
        self.loop = loop
        self.machine = transfer.machine
        super.init()
    }

    package var now: Milliseconds { self.loop.wheel.now }
    package var maximumPayload: Int { self.loop.settings.maximumPayload }
    package var settings: RealtimeSettings { self.loop.settings }

    /// The first packet of every session.
    var openPacket: [UInt8] {
        let timings = self.loop.settings.timings
        return Handshake(
            pingIntervalMilliseconds: Int(timings.pingInterval), pingTimeoutMilliseconds: Int(timings.pingTimeout),
            maximumPayload: self.loop.settings.maximumPayload
        ).openPacket(sid: self.identifier, mayUpgrade: !self.machine.isOnWebSocket)
    }

    // MARK: - Out

    /// Sends one Engine.IO packet, its type first: `4…` for a message.
    package func send(text packet: [UInt8]) {
        if let webSocket = self.webSocket {
            webSocket.send(text: packet)
        } else if self.machine.isOpen, let polling = self.polling {
            polling.outbox.append(ByteBuffer(bytes: packet))
            self.answerParkedPoll()
        }
        self.boundQueue()
    }

    package func send(binary message: [UInt8]) {
        if let webSocket = self.webSocket {
            webSocket.send(binary: message)
        } else if self.machine.isOpen, let polling = self.polling {
            polling.outbox.append(binary: message)
            self.answerParkedPoll()
        }
        self.boundQueue()
    }

    public override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        if let webSocket = self.webSocket {
            webSocket.enqueue(batch.frames(from: first), flushes: isLast)
            if isLast, webSocket.isUnwritable { self.boundQueue() }
        } else if let polling = self.polling {
            for publication in batch.publications[first...] { polling.outbox.append(publication) }
            if isLast { self.flushDeliveries() }
        }
    }

    public override func flushDeliveries() {
        if let webSocket = self.webSocket {
            webSocket.flush()
        } else {
            self.answerParkedPoll()
        }
        self.boundQueue()
    }

    /// The bounds on what waits for a client that does not take it (contract 7). Judged after a write attempt, in a later turn.
    private func boundQueue() {
        let queued = self.queuedBytes
        guard queued > QueueWatch.notableBytes else { return }
        self.loop.queues.watch(self)
        if queued > self.loop.settings.queueBytes { self.loop.judgeLater(self) }
    }

    /// What the client has not taken; 0 for a WebSocket with next to nothing queued.
    var queuedBytes: Int {
        self.webSocket?.queuedBytes ?? self.polling?.outbox.byteCount ?? 0
    }

    /// What was ever queued for the client on its present transport.
    var enqueuedBytes: Int {
        self.webSocket?.enqueuedBytes ?? self.polling?.outbox.appendedBytes ?? 0
    }

    /// What waits for polls is not kept any longer: its memory is wanted back.
    func dropQueue() {
        self.polling?.outbox = PollOutbox(maximumPacketsAReply: self.loop.settings.maximumPacketsAReply)
    }

    func closeIfBehind() {
        if self.queuedBytes > self.loop.settings.queueBytes { self.close(.queueBytes) }
    }

    // MARK: - In

    /// What a packet of the session's own transport does, apart from messages on long-polling.
    func receive(_ packet: Packet, of bytes: Span<UInt8>) -> SessionStateMachine.PacketAction {
        let action = self.machine.received(packet.type, now: self.now)
        switch action {
        case .none:
            // After a pong the next ping may be due before the wheel would have looked for the pong.
            self.scheduleDeadline()
        case .message:
            self.receiveMessage(packet, of: bytes)
        case .end:
            break
        }
        return action
    }

    private func receiveMessage(_ packet: Packet, of bytes: Span<UInt8>) {
        guard packet.isBase64 else {
            self.application?.received(text: bytes.extracting(packet.payload))
            return
        }
        guard let message = Base64.decode(packet.payload, of: bytes) else {
            self.polling?.refusal = .parseError
            return self.polling == nil ? self.close(.parseError) : ()
        }
        self.application?.received(binary: message.span)
    }

    // MARK: - The end

    /// Closes the session from this side, letting go of what is queued first.
    package func close(_ reason: CloseReason) {
        if reason == .eventsRate, let polling = self.polling, polling.isWorkingOffPost {
            polling.refusal = reason
            return
        }
        self.dropCandidate()
        switch self.machine.close(now: self.now) {
        case .none:
            break
        case .closeWebSocket:
            // The close ends the session, which lets go of its WebSocket.
            let webSocket = self.webSocket
            webSocket?.close(reason.webSocketCode, reason: reason)
            // What it holds is wanted back now.
            if reason == .allQueues { webSocket?.abort() }
        case .answerParkedPoll:
            self.answerLastPoll(with: .text("1"))
            self.ended(reason)
        case .waitForPoll:
            // It stays in the table for the polls that fetch the rest, and nowhere else.
            self.leave(reason)
            self.scheduleDeadline()
        }
    }

    /// Nothing can be said to the client any more.
    func ended(_ reason: CloseReason) {
        self.dropCandidate()
        self.machine.end()
        self.answerLastPoll(with: .text("1"))
        self.polling?.farewell?.answer(.ok)
        self.leave(reason)
        self.webSocket = nil
        self.polling = nil
        self.givePollingPlaceBack()
        self.loop.forget(self)
    }

    private func givePollingPlaceBack() {
        guard self.hasPollingPlace else { return }
        self.hasPollingPlace = false
        self.loop.directory.pollingPlaces.giveBack()
    }

    /// Ends what the session was to the layers above: its subscriptions, its application.
    private func leave(_ reason: CloseReason) {
        guard let application = self.application else { return }
        self.application = nil
        self.count(as: .none)
        self.endSocket(reason)
        self.loop.shard.unsubscribeAll(self)
        if reason != .transportClose, reason != .transportError { self.loop.tally.cut(reason.label) }
        application.closed(reason)
    }

    private func dropCandidate() {
        guard let candidate = self.candidate else { return }
        self.candidate = nil
        self.machine.candidateLost()
        self.loop.directory.run(on: candidate.loop) { $0.closeCandidate(candidate) }
    }

    // MARK: - Changing transports

    /// The WebSocket takes over on this loop: what was queued goes first.
    func attach(_ webSocket: WebSocketHandler, sending queued: [PollOutbox.Packet]) {
        self.loop.queues.forget(self)
        self.givePollingPlaceBack()
        self.polling = nil
        self.webSocket = webSocket
        self.loop.upgrades += 1
        self.note(.upgraded)
        self.count(as: .webSocket)
        webSocket.handOver(to: self)
        for packet in queued {
            switch packet {
            case .text(let text): webSocket.send(packet: text)
            case .binary(let message): webSocket.send(binary: message)
            }
        }
        self.scheduleDeadline()
    }

    /// The session leaves for another loop: nothing of it stays here but the table's note of where it went.
    func detach() {
        self.count(as: .none)
        self.forgetSocket()
        self.givePollingPlaceBack()
        self.polling = nil
        self.application = nil
        self.machine.end()
    }
}

extension EngineSession {
    /// What a session is counted as by its loop.
    enum Carrier {
        case none, polling, webSocket
    }

    /// Called with every change of transport, at the beginning and at the end.
    func count(as carrier: Carrier) {
        switch self.counted {
        case .none: break
        case .polling: self.loop.pollingSessions -= 1
        case .webSocket: self.loop.webSocketSessions -= 1
        }
        switch carrier {
        case .none: break
        case .polling: self.loop.pollingSessions += 1
        case .webSocket: self.loop.webSocketSessions += 1
        }
        self.counted = carrier
    }
}

extension EngineSession: WebSocketOwner {
    func webSocketOpened(_ handler: WebSocketHandler) {
        self.webSocket = handler
        self.loop.register(self)
        handler.send(text: self.openPacket)
        self.scheduleDeadline()
        // Its request was judged before the server stopped, and has only now come to its end.
        if self.loop.isLeft { self.close(.serverShutdown) }
    }

    func webSocketReceived(text: Span<UInt8>) {
        guard let packet = try? PacketCodec.decode(0..<text.count, of: text) else { return self.close(.parseError) }
        if case .end(let reason) = self.receive(packet, of: text) {
            // The close ends the session, which lets go of its WebSocket.
            let webSocket = self.webSocket
            webSocket?.close(reason.webSocketCode, reason: reason)
        }
    }

    func webSocketReceived(binary: Span<UInt8>) {
        self.application?.received(binary: binary)
    }

    func webSocketClosed(_ reason: CloseReason) {
        self.ended(reason)
    }
}

extension EngineSession: TimerWheelClient {
    func scheduleDeadline() {
        guard let deadline = self.nextDeadline else { return }
        self.loop.wheel.schedule(self, at: deadline)
    }

    private var nextDeadline: Milliseconds? {
        guard let deadline = self.machine.nextDeadline else { return nil }
        return min(deadline, self.application?.deadline ?? deadline)
    }

    package func wheelFired(now: Milliseconds) -> Milliseconds? {
        if let deadline = self.application?.deadline, now >= deadline {
            self.application?.deadlinePassed()
        }
        let tick = self.machine.tick(now: now)
        if tick.sendsPing {
            if let webSocket = self.webSocket {
                webSocket.send(self.loop.pingFrame)
            } else {
                self.send(text: [PacketType.ping.rawValue])
            }
        }
        if tick.answersPollWithNoop { self.answerLastPoll(with: .text("6")) }
        if tick.dropsCandidate { self.dropCandidate() }
        if let reason = tick.ends {
            if let webSocket = self.webSocket {
                webSocket.close(reason.webSocketCode, reason: reason)
            } else {
                self.answerLastPoll(with: .text("1"))
                self.ended(reason)
            }
        }
        return self.nextDeadline
    }
}

extension CloseReason {
    /// The code of our close frame; nil where the reference server sends none.
    var webSocketCode: CloseCode? {
        switch self {
        // 1001 brings back the clients that take a close without a code for a normal end (protocol.md 8, C++).
        case .serverShutdown: .goingAway
        case .queueBytes, .queueAge, .allQueues, .tokenVerifications: .tryAgainLater
        case .eventsRate, .pingsRate, .fragments, .messageDeadline: .policyViolation
        case .messageBytes: .messageTooBig
        default: nil
        }
    }
}
