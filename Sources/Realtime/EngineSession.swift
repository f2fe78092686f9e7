package import Broadcast
package import EngineIO
package import HTTPEdge
import NIOCore
import WebSocketFraming

/// One Engine.IO session: the machine that decides, the transport that carries, the application above. To the hub it is a subscriber.
/// Confined to its loop.
package final class EngineSession: Subscriber {
    package let identifier: SessionIdentifier
    private let loop: RealtimeLoop
    private var machine: SessionStateMachine
    private var webSocket: WebSocketHandler?
    /// Set by the loop right after init; cleared at the end.
    var application: (any EngineApplication)?
    package var wheelDeadline: Milliseconds?

    init(identifier: SessionIdentifier, loop: RealtimeLoop, isWebSocket: Bool) {
        self.identifier = identifier
        self.loop = loop
        self.machine = SessionStateMachine(isWebSocket: isWebSocket, timings: loop.settings.timings, now: loop.wheel.now)
        super.init()
    }

    package var now: Milliseconds { self.loop.wheel.now }
    package var maximumPayload: Int { self.loop.settings.maximumPayload }

    private var openPacket: [UInt8] {
        let timings = self.loop.settings.timings
        return Handshake(
            pingIntervalMilliseconds: Int(timings.pingInterval), pingTimeoutMilliseconds: Int(timings.pingTimeout),
            maximumPayload: self.loop.settings.maximumPayload
        ).openPacket(sid: self.identifier, mayUpgrade: !self.machine.isOnWebSocket)
    }

    // MARK: - Out

    /// Sends one Engine.IO packet, its type first: `4…` for a message.
    package func send(text packet: [UInt8]) {
        self.webSocket?.send(text: packet)
    }

    package func send(binary message: [UInt8]) {
        self.webSocket?.send(binary: message)
    }

    public override func deliver(_ batch: FanOutBatch, from first: Int) {
        self.webSocket?.enqueue(batch.frames(from: first))
    }

    public override func flushDeliveries() {
        self.webSocket?.flush()
    }

    // MARK: - In

    private func receive(_ packet: Packet, of bytes: Span<UInt8>) {
        switch self.machine.received(packet.type, now: self.loop.wheel.now) {
        case .none:
            // After a pong the next ping may be due before the wheel would have looked for the pong.
            self.scheduleDeadline()
        case .message:
            self.application?.received(text: bytes.extracting(packet.payload))
        case .end(let reason):
            self.webSocket?.close(nil, reason: reason)
        }
    }

    // MARK: - The end

    /// Closes the session from this side.
    package func close(_ reason: CloseReason) {
        switch self.machine.close(now: self.loop.wheel.now) {
        case .none, .answerParkedPoll, .waitForPoll:
            break
        case .closeWebSocket:
            self.webSocket?.close(reason.webSocketCode, reason: reason)
        }
    }

    private func ended(_ reason: CloseReason) {
        guard let application = self.application else { return }
        self.application = nil
        self.webSocket = nil
        self.machine.end()
        self.loop.shard.unsubscribeAll(self)
        self.loop.forget(self)
        application.closed(reason)
    }
}

extension EngineSession: WebSocketOwner {
    func webSocketOpened(_ handler: WebSocketHandler) {
        self.webSocket = handler
        self.loop.register(self)
        handler.send(text: self.openPacket)
        self.scheduleDeadline()
    }

    func webSocketReceived(text: Span<UInt8>) {
        guard let packet = try? PacketCodec.decode(0..<text.count, of: text) else { return self.close(.parseError) }
        self.receive(packet, of: text)
    }

    func webSocketReceived(binary: Span<UInt8>) {
        self.application?.received(binary: binary)
    }

    func webSocketClosed(_ reason: CloseReason) {
        self.ended(reason)
    }
}

extension EngineSession: TimerWheelClient {
    private func scheduleDeadline() {
        guard let deadline = self.nextDeadline else { return }
        self.loop.wheel.schedule(self, at: deadline)
    }

    private var nextDeadline: Milliseconds? {
        guard let application = self.application, let deadline = self.machine.nextDeadline else { return nil }
        return min(deadline, application.deadline ?? deadline)
    }

    package func wheelFired(now: Milliseconds) -> Milliseconds? {
        if let deadline = self.application?.deadline, now >= deadline {
            self.application?.deadlinePassed()
        }
        let tick = self.machine.tick(now: now)
        if tick.sendsPing {
            self.webSocket?.write(self.loop.pingFrame)
        }
        if let reason = tick.ends {
            self.webSocket?.close(reason.webSocketCode, reason: reason)
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
        case .tooSlow: .tryAgainLater
        case .rateLimit: .policyViolation
        default: nil
        }
    }
}
