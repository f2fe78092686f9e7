import EngineIO
import HTTPEdge
import NIOCore
import WebSocketFraming
import WireBytes

/// The only handler on a WebSocket connection: bytes to whole messages, control frames, the closing handshake. What it writes is finished
/// frames. Confined to its loop.
final class WebSocketHandler: SocketWriter, ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum State: Equatable {
        case open
        /// Our close frame has been written; the peer has until then to take it and to answer.
        case closing(deadline: Milliseconds)
        case closed
    }

    private var state = State.open
    private var reader: MessageReader
    private let wheel: TimerWheel
    private let closeTimeout: Int64
    private let messageTimeout: Int64
    private let tally: Tally
    private var pings: TokenBucket
    /// The client asked for binary messages as base64 text (`b64`, protocol.md 1.2).
    private let sendsBase64: Bool
    private var owner: (any WebSocketOwner)?
    private var isReading = false
    private var hasUnflushedWrites = false
    /// More is queued than the channel's high water mark.
    private(set) var isUnwritable = false
    /// Bytes that fan-outs have ever written here.
    private(set) var enqueuedBytes = 0
    /// While a message has begun and is not complete.
    private var messageDeadline: Milliseconds?
    var wheelDeadline: Milliseconds?

    /// - Parameter exchange: the request that asked for the WebSocket.
    init(
        owner: any WebSocketOwner, replacing exchange: Exchange, wheel: TimerWheel, tally: Tally, settings: RealtimeSettings,
        sendsBase64: Bool
    ) {
        self.owner = owner
        self.wheel = wheel
        self.sendsBase64 = sendsBase64
        self.closeTimeout = settings.closeTimeout
        self.messageTimeout = settings.messageTimeout
        self.tally = tally
        self.pings = TokenBucket(perSecond: settings.pingsPerSecond, burst: settings.pingsPerSecond, now: wheel.now)
        self.reader = MessageReader(limits: settings.messageLimits)
        super.init()
        self.reachesSocket = exchange.reachesSocket
    }

    /// The session takes over from the candidate that brought the connection.
    func handOver(to owner: any WebSocketOwner) {
        self.owner = owner
    }

    // MARK: - Out

    /// Writes one text message of a few bytes. Flushed at the end of the read it answers, or at once outside of one.
    func send(text: [UInt8]) {
        var frame = self.buffer(capacity: text.count + 10)
        frame.writeWithOutputRawSpan(minimumWritableBytes: FrameHeader.byteCount(payloadByteCount: text.count)) { output in
            FrameHeader.write(opcode: .text, payloadByteCount: text.count, into: &output)
        }
        frame.writeBytes(text)
        self.send(frame)
    }

    /// Writes one packet that was queued for another transport as a text message.
    func send(packet: ByteBuffer) {
        var frame = self.buffer(capacity: packet.readableBytes + 10)
        frame.writeWithOutputRawSpan(minimumWritableBytes: FrameHeader.byteCount(payloadByteCount: packet.readableBytes)) { output in
            FrameHeader.write(opcode: .text, payloadByteCount: packet.readableBytes, into: &output)
        }
        frame.writeImmutableBuffer(packet)
        self.send(frame)
    }

    func send(binary: [UInt8]) {
        if self.sendsBase64 {
            var text: [UInt8] = [UInt8(ascii: "b")]
            Base64.encode(binary.span, to: &text)
            return self.send(text: text)
        }
        var frame = self.buffer(capacity: binary.count + 10)
        frame.writeWithOutputRawSpan(minimumWritableBytes: FrameHeader.byteCount(payloadByteCount: binary.count)) { output in
            FrameHeader.write(opcode: .binary, payloadByteCount: binary.count, into: &output)
        }
        frame.writeBytes(binary)
        self.send(frame)
    }

    /// Writes finished frames.
    func send(_ frames: ByteBuffer) {
        guard self.state == .open else { return }
        self.tally.sentBytes &+= frames.readableBytes
        self.queue(frames)
        if self.isReading {
            self.hasUnflushedWrites = true
        } else {
            self.flush()
        }
    }

    /// Takes a fan-out's frames. The hot path: one call a receiver.
    func enqueue(_ frames: ByteBuffer, flushes: Bool) {
        guard self.state == .open else { return }
        self.enqueuedBytes &+= frames.readableBytes
        self.tally.sentBytes &+= frames.readableBytes
        if flushes {
            self.writeAndFlush(frames)
        } else {
            self.write(frames)
        }
    }

    /// What the peer has not taken yet. Looked up only while the channel says that it is a lot.
    var queuedBytes: Int {
        guard self.isUnwritable, self.state == .open, let context = self.context else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Starts the closing handshake. The owner is told at once; the connection ends when the peer answers, or after the close timeout.
    /// - Parameter code: nil for a close frame without one, as the reference server sends it.
    func close(_ code: CloseCode?, reason: CloseReason) {
        guard self.state == .open else { return }
        let frame = ByteBuffer(bytes: ControlFrame.close(code))
        self.tally.sentBytes &+= frame.readableBytes
        self.queue(frame)
        self.flush()
        self.hasUnflushedWrites = false
        let deadline = self.wheel.now + self.closeTimeout
        self.state = .closing(deadline: deadline)
        self.wheel.schedule(self, at: deadline)
        self.leaveOwner(reason)
    }

    /// Both close frames are there. Ends the connection behind what is queued, so that no frame is cut in two; the close timeout goes on.
    private func closeConnection(writing last: ByteBuffer, context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.abort() }
        self.tally.sentBytes &+= last.readableBytes
        self.writeAndFlush(last: last, promise: written)
        self.hasUnflushedWrites = false
    }

    /// Ends the connection without waiting for anything.
    func abort() {
        if let context = self.context { self.closeConnection(context) }
    }

    private func leaveOwner(_ reason: CloseReason) {
        let owner = self.owner
        self.owner = nil
        owner?.webSocketClosed(reason)
    }

    private func buffer(capacity: Int) -> ByteBuffer {
        self.context?.channel.allocator.buffer(capacity: capacity) ?? ByteBuffer()
    }

    // MARK: - In

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.owner?.webSocketOpened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.connectionEnded(.transportClose)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.tally.receivedBytes &+= bytes.readableBytes
        self.isReading = true
        var offset = 0
        // Also with nothing left: the last, empty step lets go of a large message's storage.
        while self.state != .closed {
            let step = self.reader.read(bytes.readableBytesUInt8Span.extracting(droppingFirst: offset))
            offset += step.consumed
            if !self.reader.isInsideMessage { self.messageDeadline = nil }
            guard let event = step.event else { break }
            self.handle(event, context: context)
        }
        if self.reader.isInsideMessage, self.messageDeadline == nil, self.state == .open {
            let deadline = self.wheel.now + self.messageTimeout
            self.messageDeadline = deadline
            self.wheel.schedule(self, at: deadline)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        if self.hasUnflushedWrites {
            self.hasUnflushedWrites = false
            self.flush()
        }
        context.fireChannelReadComplete()
    }

    private func handle(_ event: MessageReader.Event, context: ChannelHandlerContext) {
        if case .closing = self.state {
            if case .close = event { self.closeConnection(writing: ByteBuffer(), context: context) }
            return
        }
        switch event {
        case .text:
            self.owner?.webSocketReceived(text: self.reader.payload.span)
        case .binary:
            self.owner?.webSocketReceived(binary: self.reader.payload.span)
        case .ping:
            guard self.pings.take(now: self.wheel.now) else { return self.close(.policyViolation, reason: .pingsRate) }
            self.send(ByteBuffer(bytes: ControlFrame.pong(self.reader.payload.span)))
        case .pong:
            break
        case .close(let code):
            // RFC 6455 5.5.1: answered with the same code, then the server closes the connection.
            let deadline = self.wheel.now + self.closeTimeout
            self.state = .closing(deadline: deadline)
            self.leaveOwner(.transportClose)
            self.closeConnection(writing: ByteBuffer(bytes: ControlFrame.close(code)), context: context)
            // Only for a peer that is behind: mostly all is written, and the connection closed, by now.
            if self.state != .closed { self.wheel.schedule(self, at: deadline) }
        case .failure(let code):
            self.close(code, reason: code == .messageTooBig ? .messageBytes : code == .policyViolation ? .fragments : .parseError)
            // Nothing that follows can be read as frames: say so with a FIN, and drop the rest until the peer closes.
            context.close(mode: .output, promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isUnwritable = !context.channel.isWritable
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connectionEnded(.transportClose)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.leaveOwner(.transportError)
        self.closeConnection(context)
    }

    private func closeConnection(_ context: ChannelHandlerContext) {
        self.state = .closed
        context.close(promise: nil)
    }

    private func connectionEnded(_ reason: CloseReason) {
        self.state = .closed
        self.leaveOwner(reason)
        self.context = nil
    }
}

extension WebSocketHandler: TimerWheelClient {
    /// The peer has not ended its message in time, or not answered our close frame.
    func wheelFired(now: Milliseconds) -> Milliseconds? {
        switch self.state {
        case .open:
            guard let deadline = self.messageDeadline, now >= deadline else { return self.messageDeadline }
            self.messageDeadline = nil
            self.close(.policyViolation, reason: .messageDeadline)
            return now + self.closeTimeout
        case .closing(let deadline):
            guard now >= deadline else { return deadline }
            self.tally.cut(CloseReason.closeDeadline.label)
            self.abort()
            return nil
        case .closed:
            return nil
        }
    }
}
