import EngineIO
package import NIOCore
import NIOPosix
import SocketIO
import WireBytes

/// One Socket.IO 5 connection over Engine.IO 4 on a WebSocket, default namespace. Confined to its loop; it does not come back by itself.
package final class SocketIOClientConnection: WebSocketClientOwner {
    /// From the attempt to connect to the answer to CONNECT, and for the answer to a subscription.
    private static let openTimeout = TimeAmount.seconds(10)
    /// Milliseconds that a server may announce for its heartbeat together; more counts as this.
    private static let longestHeartbeat = 24 * 3_600_000

    private let url: ServerURL
    private let eventLoop: any EventLoop
    private let maximumMessageBytes: Int
    private var delegate: (any SocketIOClientDelegate)?
    private var webSocket: WebSocketClientHandler?
    private var isConnected = false
    private var hasEnded = false
    /// How long a server may be silent, from its open packet on.
    private var heartbeat: TimeAmount?
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    private var lastAckID = 0
    /// Subscriptions that the server has not answered yet.
    private var openQuestions = 0

    /// - Parameters:
    ///   - eventLoop: the loop that this is called on, and calls back on.
    ///   - maximumMessageBytes: a longer message ends the connection; what one connection can make us store.
    package init(
        url: ServerURL, eventLoop: any EventLoop, maximumMessageBytes: Int = 16 << 20, delegate: any SocketIOClientDelegate
    ) {
        self.url = url
        self.eventLoop = eventLoop
        self.maximumMessageBytes = maximumMessageBytes
        self.delegate = delegate
    }

    /// Begins to connect; to be called once.
    package func connect() {
        self.watch(Self.openTimeout)
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        ClientBootstrap(group: self.eventLoop)
            .connectTimeout(Self.openTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: self.url.host, port: self.url.port)
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.begin(on: channel)
                case .failure(let error): bound.value.end(.unreachable(ConnectFailure.words(error)))
                }
            }
    }

    /// Takes a channel that is connected, or is going to be. Not set up by the bootstrap, which tries several addresses with a channel each.
    package func begin(on channel: any Channel) {
        guard !self.hasEnded else { return channel.close(promise: nil) }
        let handler = WebSocketClientHandler(url: self.url, maximumMessageBytes: self.maximumMessageBytes, owner: self)
        self.webSocket = handler
        self.watch(Self.openTimeout)
        do {
            try self.url.secure(channel)
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            // It was closed in the meantime.
            self.end(.closed(nil))
        }
    }

    /// Asks for a channel; `socketAnswered` follows. Only after `socketConnected`.
    package func subscribe(to channel: Span<UInt8>) {
        self.lastAckID += 1
        var packet = Array("42".utf8)
        ASCII.appendDecimal(self.lastAckID, to: &packet)
        packet += #"["subscribe","#.utf8
        JSONText.appendQuoted(channel, to: &packet)
        packet.append(UInt8(ascii: "]"))
        self.openQuestions += 1
        self.watch(Self.openTimeout)
        self.webSocket?.send(text: packet.span)
    }

    /// Ends the connection; the delegate hears nothing more.
    package func close() {
        self.end(nil)
    }

    private func end(_ loss: ConnectionLoss?) {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.timer?.cancel()
        self.timer = nil
        let delegate = self.delegate
        self.delegate = nil
        self.webSocket?.close()
        self.webSocket = nil
        if let loss { delegate?.socketLost(self, loss) }
    }

    // MARK: - Silence

    private func watch(_ time: TimeAmount) {
        self.deadline = self.eventLoop.now + time
        if self.timer == nil || self.deadline < self.timerDeadline { self.scheduleTimer() }
    }

    /// One task at a time: a ping only moves the deadline, and the task looks at it when it fires.
    private func scheduleTimer() {
        self.timer?.cancel()
        self.timerDeadline = self.deadline
        self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) {
            self.timer = nil
            if self.eventLoop.now >= self.deadline {
                self.end(.silence)
            } else {
                self.scheduleTimer()
            }
        }
    }

    // MARK: - WebSocketClientOwner

    func webSocketReadCompleted() {
        self.delegate?.socketReadCompleted(self)
    }

    func webSocketLost(_ loss: ConnectionLoss) {
        self.end(loss)
    }

    func webSocketReceived(text: Span<UInt8>) {
        if self.isConnected, let packet = EventPacket(text) {
            self.delegate?.socketReceived(packet, of: text, on: self)
            return
        }
        guard let packet = try? PacketCodec.decode(0..<text.count, of: text) else { return self.violation("an unknown packet") }
        switch packet.type {
        case .open: self.opened(packet.payload, in: text)
        case .ping:
            self.webSocket?.send(text: [PacketType.pong.rawValue].span)
            // A server that pings and does not answer is no use either.
            if self.isConnected, self.openQuestions == 0, let heartbeat { self.watch(heartbeat) }
        case .close: self.end(.closed(nil))
        case .message where !packet.isBase64: self.message(packet.payload, in: text)
        case .message, .noop, .pong, .upgrade: break
        }
    }

    private func opened(_ payload: Range<Int>, in text: Span<UInt8>) {
        guard self.heartbeat == nil, let object = Self.scan(payload, in: text),
            let interval = JSONLookup.number("pingInterval", of: object, in: text),
            let timeout = JSONLookup.number("pingTimeout", of: object, in: text)
        else { return self.violation("a bad open packet") }
        let most = Self.longestHeartbeat / 2
        self.heartbeat = .milliseconds(Int64(min(interval, most) + min(timeout, most)))
        self.webSocket?.send(text: Array("40".utf8).span)
    }

    private func message(_ range: Range<Int>, in text: Span<UInt8>) {
        guard !range.isEmpty, let heartbeat, let type = SocketPacketType(rawValue: text[range.lowerBound]) else {
            return self.violation("a bad message")
        }
        let rest = (range.lowerBound + 1)..<range.upperBound
        switch type {
        case .connect:
            guard !self.isConnected else { return self.violation("a second CONNECT") }
            self.isConnected = true
            self.watch(heartbeat)
            self.delegate?.socketConnected(self)
        case .connectError:
            let message = Self.scan(rest, in: text).flatMap { JSONLookup.text(JSONLookup.member("message", of: $0, in: text), in: text) }
            self.end(.connectRefused(message ?? "without a reason"))
        case .disconnect:
            self.end(.closed(nil))
        case .ack:
            self.acknowledged(rest, in: text)
        case .event where !self.isConnected:
            self.violation("an event before CONNECT")
        case .event, .binaryEvent, .binaryAck:
            // Not for us, and no reason to leave.
            break
        }
    }

    private func acknowledged(_ rest: Range<Int>, in text: Span<UInt8>) {
        var start = rest.lowerBound
        while start < rest.upperBound, text[start] != UInt8(ascii: "[") {
            start += 1
        }
        guard self.openQuestions > 0, let id = ASCII.parseDecimal(text.extracting(rest.lowerBound..<start)),
            (1...self.lastAckID).contains(id), let heartbeat,
            let array = Self.scan(start..<rest.upperBound, in: text), var elements = JSONElements(array: array, in: text)
        else { return self.violation("a bad acknowledgement") }
        self.openQuestions -= 1
        if self.openQuestions == 0 { self.watch(heartbeat) }
        // A string, or an object whose `ok` says how it went.
        guard let answer = elements.next(in: text), let okay = JSONLookup.member("ok", of: answer, in: text),
            !ASCII.equals(text.extracting(okay), "true")
        else {
            self.delegate?.socketAnswered(self, refusal: nil)
            return
        }
        let error = JSONLookup.member("error", of: answer, in: text)
        let message = error.flatMap { JSONLookup.text(JSONLookup.member("message", of: $0, in: text), in: text) }
        self.delegate?.socketAnswered(self, refusal: message ?? "without a reason")
    }

    private static func scan(_ range: Range<Int>, in text: Span<UInt8>) -> Range<Int>? {
        guard let value = try? JSONScanner.scan(text.extracting(range)) else { return nil }
        return (range.lowerBound + value.lowerBound)..<(range.lowerBound + value.upperBound)
    }

    private func violation(_ what: String) {
        self.end(.protocolViolation(what))
    }
}
