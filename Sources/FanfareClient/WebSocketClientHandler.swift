import Crypto
import NIOCore
import WebSocketFraming
import WireBytes

/// The only handler on a client's connection: the upgrade request, then frames to whole text messages and back. Confined to its loop.
final class WebSocketClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// The request is written, or about to be.
        case opening
        case open
        case closed
    }

    private let url: ServerURL
    private let key: [UInt8]
    private var state = State.opening
    /// What has come of the answer to the request.
    private var answer = ByteBuffer()
    private var reader: MessageReader
    private var owner: (any WebSocketClientOwner)?
    private var context: ChannelHandlerContext?
    private var hasRequested = false
    private var isReading = false
    private var hasUnflushedWrites = false

    init(url: ServerURL, maximumMessageBytes: Int, owner: any WebSocketClientOwner) {
        self.url = url
        self.owner = owner
        self.reader = MessageReader(limits: MessageLimits(maximumMessageBytes: maximumMessageBytes), role: .client)
        var key: [UInt8] = []
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        Base64.encode(nonce.span, to: &key)
        self.key = key
    }

    /// Writes one text message. Flushed at the end of the read it answers, or at once outside of one.
    func send(text: Span<UInt8>) {
        guard self.state == .open else { return }
        self.write(MaskedFrame.make(.text, text))
    }

    /// Ends the connection with a close frame that nobody waits for an answer to. The owner hears nothing more.
    func close() {
        self.end(nil, saying: .normal)
    }

    // MARK: - ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.request(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.request(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.isReading = true
        switch self.state {
        case .opening:
            self.answer.writeBuffer(&bytes)
            self.judgeAnswer(isEnd: false)
        case .open:
            self.read(bytes.readableBytesUInt8Span)
        case .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        if self.hasUnflushedWrites {
            self.hasUnflushedWrites = false
            context.flush()
        }
        self.owner?.webSocketReadCompleted()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.state == .opening { self.judgeAnswer(isEnd: true) }
        self.end(.closed(nil), saying: nil)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(.closed(nil), saying: nil)
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(.unreachable(ConnectFailure.words(error)), saying: nil)
    }

    // MARK: - The opening handshake

    /// Once: a channel that has just connected is active before it says so.
    private func request(_ context: ChannelHandlerContext) {
        guard !self.hasRequested else { return }
        self.hasRequested = true
        var head = ByteBuffer()
        head.writeString("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: \(self.url.authority)\r\n")
        head.writeString("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
        head.writeBytes(self.key)
        head.writeStaticString("\r\n\r\n")
        context.writeAndFlush(self.wrapOutboundOut(head), promise: nil)
    }

    private func judgeAnswer(isEnd: Bool) {
        let answer = self.answer
        let bytes = answer.readableBytesUInt8Span
        let accept = Self.accept(self.key)
        switch UpgradeAnswer.judge(bytes, accept: accept.span, isEnd: isEnd) {
        case .incomplete:
            break
        case .accepted(let headBytes):
            self.state = .open
            self.answer = ByteBuffer()
            self.read(bytes.extracting(droppingFirst: headBytes))
        case .refused(let status, let body):
            self.end(.refused(status: status, detail: RefusalText.detail(bytes.extracting(body))), saying: nil)
        case .wrong:
            self.end(answer.readableBytes == 0 ? .closed(nil) : .protocolViolation("no answer to a WebSocket request"), saying: nil)
        }
    }

    /// RFC 6455 4.2.2.
    private static func accept(_ key: [UInt8]) -> [UInt8] {
        var hash = Insecure.SHA1()
        hash.update(data: key)
        hash.update(data: Array(UpgradeRules.keySuffix.utf8))
        var accept: [UInt8] = []
        Base64.encode(Array(hash.finalize()).span, to: &accept)
        return accept
    }

    // MARK: - Frames

    private func read(_ bytes: Span<UInt8>) {
        var offset = 0
        // Also with nothing left: the last, empty step lets go of a large message's storage.
        while self.state == .open {
            let step = self.reader.read(bytes.extracting(droppingFirst: offset))
            offset += step.consumed
            guard let event = step.event else { return }
            self.handle(event)
        }
    }

    private func handle(_ event: MessageReader.Event) {
        switch event {
        case .text: self.owner?.webSocketReceived(text: self.reader.payload.span)
        case .binary, .pong: break
        case .ping: self.write(MaskedFrame.make(.pong, self.reader.payload.span))
        case .close(let code): self.end(.closed(code), saying: code ?? .normal)
        case .failure(let code): self.end(.protocolViolation("a WebSocket frame that breaks the rules (\(code.rawValue))"), saying: code)
        }
    }

    private func write(_ frame: ByteBuffer) {
        guard let context = self.context else { return }
        context.write(self.wrapOutboundOut(frame), promise: nil)
        if self.isReading {
            self.hasUnflushedWrites = true
        } else {
            context.flush()
        }
    }

    /// - Parameter loss: nil if it is our wish.
    private func end(_ loss: ConnectionLoss?, saying code: CloseCode?) {
        guard self.state != .closed else { return }
        if self.state == .open, let code, let context = self.context {
            let body = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
            context.writeAndFlush(self.wrapOutboundOut(MaskedFrame.make(.close, body.span)), promise: nil)
        }
        self.state = .closed
        let owner = self.owner
        self.owner = nil
        self.context?.close(promise: nil)
        if let loss { owner?.webSocketLost(loss) }
    }
}
