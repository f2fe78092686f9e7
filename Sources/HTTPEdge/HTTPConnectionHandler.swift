import NIOCore
import NIOHTTP1

/// Runs what `HTTPConnectionStateMachine` says: requests go to the endpoint, answers to the wire. Confined to its loop.
final class HTTPConnectionHandler: SocketWriter, ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer

    let loop: HTTPLoop
    let endpoint: any Endpoint
    var machine: HTTPConnectionStateMachine
    /// Nil outside of the pipeline, as is `context`.
    var decoder: RequestDecoderHandler?
    var current: PendingRequest?
    /// The latest request, if its answer carries what the client is owed.
    var owed: Request?
    var pendingUpgrade: PendingUpgrade?
    var wheelDeadline: Milliseconds?
    /// What is still to come of the request's body; nil for chunks.
    var bodyBytesToCome: Int?
    /// Data bytes of the chunks that are being fed.
    var chunkPayload = 0
    /// Decoded parts of requests whose turn has not come: the tail of what was fed together with a chunked body.
    private var parts = CircularBuffer<HTTPServerRequestPart>()
    /// What the decoder found wrong behind them.
    private var faultBehindParts: DecodingFault?
    private var isReading = false
    private var hasUnflushedWrites = false
    private var readIsPending = false
    private var resumptionIsScheduled = false

    /// One connection too many: it is told so and nothing else.
    var isSurplus = false

    init(endpoint: any Endpoint, loop: HTTPLoop, reachesSocket: Bool) {
        self.loop = loop
        self.endpoint = endpoint
        self.machine = HTTPConnectionStateMachine(limits: loop.limits, now: loop.wheel.now)
        super.init()
        self.reachesSocket = reachesSocket
    }

    // MARK: - Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.openConnections += 1
        self.updateDeadline()
    }

    func channelActive(context: ChannelHandlerContext) {
        if self.isSurplus {
            let head = ResponseHead(.serviceUnavailable, .json, extraHeaders: "Retry-After: 1\r\n")
            self.refuse(head, body: #"{"detail":"The server has as many connections as it takes"}"#)
        }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.connectionEnded()
        self.loop.openConnections -= 1
        self.context = nil
        self.decoder = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connectionEnded()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        if self.parts.isEmpty, self.machine.appetite != .nothing {
            self.receive(part)
        } else {
            self.parts.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        self.flushWrites()
        self.updateDeadline()
        context.fireChannelReadComplete()
    }

    /// Reading stops while nothing more is wanted; a FIN or a reset is noticed all the same.
    func read(context: ChannelHandlerContext) {
        if self.wantsToRead {
            context.read()
        } else {
            self.readIsPending = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.machine.writabilityChanged(context.channel.isWritable, now: self.loop.wheel.now)
        self.updateDeadline()
        self.resume()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .outputClosed? = event as? ChannelEvent {
            self.machine.outputClosed(now: self.loop.wheel.now)
            self.updateDeadline()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Nothing is passed on: the pipeline ends here. The decoder tells of a foreign protocol version this way.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            self.decodingFailed(.malformed)
        } else {
            context.close(promise: nil)
        }
    }

    private func connectionEnded() {
        let isUnread = self.machine.hasUnreadAnswers
        let isAbandoned = self.machine.closed()
        if isUnread, let owed = self.owed.take() { self.endpoint.answerLost(owed) }
        let current = self.takeCurrent()
        self.pendingUpgrade = nil
        self.parts.removeAll()
        self.faultBehindParts = nil
        if isAbandoned, let current {
            current.endpoint.exchangeAbandoned(current.request, on: self.exchange)
        }
    }

    /// The request is over, whichever way.
    @discardableResult
    func takeCurrent() -> PendingRequest? {
        guard let current = self.current.take() else { return nil }
        self.loop.openExchanges -= 1
        return current
    }

    /// The exchange that the connection is at.
    var exchange: Exchange { Exchange(connection: self, serial: self.machine.lastSerial) }

    // MARK: - Reading on and holding back

    private var wantsToRead: Bool {
        self.machine.appetite != .nothing && self.parts.isEmpty
    }

    /// Bytes have come in.
    func beganReading(_ byteCount: Int) {
        self.isReading = true
        self.loop.tally.receivedBytes &+= byteCount
    }

    /// What the decoder may feed. Works off what is queued first.
    func appetite() -> HTTPConnectionStateMachine.Appetite {
        while self.machine.appetite != .nothing, let part = self.parts.popFirst() {
            self.receive(part)
        }
        if self.machine.appetite != .nothing, let fault = self.faultBehindParts.take() { self.decodingFailed(fault) }
        return self.machine.appetite
    }

    /// Keeps a fault until the requests before it are answered.
    /// - Returns: false if there are none.
    func holdBack(_ fault: DecodingFault) -> Bool {
        guard !self.parts.isEmpty || self.machine.appetite == .nothing else { return false }
        self.faultBehindParts = fault
        return true
    }

    /// The decoder is off the stack.
    func decoderRests() {
        if self.pendingUpgrade?.isDue == true { self.performUpgrade() }
    }

    /// What was held back may go on. In a turn of its own, as an endpoint that answers does not expect the next request meanwhile.
    func resume() {
        guard !self.resumptionIsScheduled, let decoder = self.decoder, !decoder.isWorking, self.machine.appetite != .nothing else { return }
        guard decoder.unfedByteCount > 0 || !self.parts.isEmpty || self.faultBehindParts != nil else { return self.readOn() }
        self.resumptionIsScheduled = true
        let bound = NIOLoopBound(self, eventLoop: self.loop.eventLoop)
        self.loop.eventLoop.execute {
            bound.value.workOn()
        }
    }

    private func workOn() {
        self.resumptionIsScheduled = false
        self.decoder?.work()
        self.flushWrites()
        self.updateDeadline()
        self.readOn()
    }

    private func readOn() {
        guard self.readIsPending, self.wantsToRead, let context = self.context else { return }
        self.readIsPending = false
        context.read()
    }

    /// Hands over a read that was held back.
    func takePendingRead() -> Bool {
        let isPending = self.readIsPending
        self.readIsPending = false
        return isPending
    }

    // MARK: - Writing

    /// Sent at the end of the read it answers, or at once outside of one.
    func send(_ buffer: ByteBuffer) {
        guard self.context != nil else { return }
        self.loop.tally.sentBytes &+= buffer.readableBytes
        self.write(buffer)
        self.hasUnflushedWrites = true
        if !self.isReading, self.decoder?.isWorking != true { self.flushWrites() }
    }

    /// The last answer goes out, then our FIN.
    func closeOutput() {
        guard let context = self.context else { return }
        self.flushWrites()
        context.close(mode: .output, promise: nil)
    }

    private func flushWrites() {
        guard self.hasUnflushedWrites else { return }
        self.hasUnflushedWrites = false
        self.flush()
    }

    /// At once and without a word.
    func close() {
        self.context?.close(promise: nil)
    }
}
