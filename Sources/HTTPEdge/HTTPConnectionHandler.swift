import NIOCore
import NIOHTTP1

/// Runs the state machine of one connection: request parts in, whole responses out. Confined to its loop.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Answers that are known before a body of at most this size wait for it, so that the connection can go on.
    private static let awaitedBodyBytes = 64 * 1024

    /// Room for a response's own lines.
    private static let headCapacity = 160

    let eventLoop: any EventLoop
    private let endpoint: any Endpoint
    private let limits: HTTPLimits
    private let wheel: TimerWheel
    private let scratch: ResponseScratch
    /// Set once, before the handler is added; taken out of the pipeline by an upgrade.
    var decoder: ByteToMessageHandler<RequestDecoder>?
    private var context: ChannelHandlerContext?

    private var machine: HTTPConnectionStateMachine
    private var request: Request?
    /// Who collects the body or has parked the exchange.
    private var owner: (any Endpoint)?
    private var bodyLimit = 0
    private var isCollecting = false
    private var body: ByteBuffer?
    private var heldAnswer: ByteBuffer?
    private var pendingUpgrade: (response: ByteBuffer, handler: any ChannelHandler)?

    /// Parts of later requests while this one is not done.
    private var queue = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
    private var isProcessing = false
    private var isReadHeldBack = false
    private var isReading = false
    private var hasUnflushedWrites = false
    private var deadline: Milliseconds?
    private var deadlineKind: HTTPConnectionStateMachine.Deadline?
    private var deadlineSerial: UInt64 = 0
    var wheelDeadline: Milliseconds?

    init(eventLoop: any EventLoop, endpoint: any Endpoint, limits: HTTPLimits, wheel: TimerWheel, scratch: ResponseScratch) {
        self.eventLoop = eventLoop
        self.endpoint = endpoint
        self.limits = limits
        self.wheel = wheel
        self.scratch = scratch
        self.machine = HTTPConnectionStateMachine(limits: limits)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.updateDeadline()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Called by the decoder with each piece of input. Returns whether it is the beginning of a request.
    func bytesArrived() -> Bool {
        self.isReading = true
        return self.machine.bytesArrived()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.machine.isUpgraded { return context.fireChannelRead(data) }
        self.isReading = true
        self.queue.append(self.unwrapInboundIn(data))
        self.processQueue()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        if self.hasUnflushedWrites {
            self.hasUnflushedWrites = false
            context.flush()
        }
        if self.machine.isUpgraded { return context.fireChannelReadComplete() }
        self.updateDeadline()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if self.machine.isUpgraded { return context.fireChannelWritabilityChanged() }
        self.processQueue()
    }

    /// Nothing more is read while requests wait: the peer feels it.
    func read(context: ChannelHandlerContext) {
        if self.queue.isEmpty || self.machine.isUpgraded {
            context.read()
        } else {
            self.isReadHeldBack = true
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !self.machine.isUpgraded { self.connectionEnded() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.machine.isUpgraded { return context.fireErrorCaught(error) }
        if error is HTTPParserError {
            self.fail(.malformed)
        } else if let fault = error as? RequestFault {
            self.fail(fault)
        } else {
            self.closeNow()
        }
    }

    private func connectionEnded() {
        self.machine.close()
        self.queue.removeAll()
        self.heldAnswer = nil
        self.abandonRequest()
        self.deadline = nil
    }

    // MARK: - Requests

    /// Works off what has arrived, request after request, in a loop rather than by recursion.
    private func processQueue() {
        guard !self.isProcessing else { return }
        self.isProcessing = true
        while let part = self.queue.first {
            if case .head = part, !self.machine.acceptsHead || self.context?.channel.isWritable == false { break }
            self.queue.removeFirst()
            self.process(part)
        }
        self.isProcessing = false
        if self.isReadHeldBack, self.queue.isEmpty {
            self.isReadHeldBack = false
            self.context?.read()
        }
    }

    private func process(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): self.processHead(Request(head))
        case .body(let bytes): self.processBody(bytes)
        case .end: self.processEnd()
        }
    }

    private func processHead(_ request: Request) {
        let facts = request.facts
        let awaited = !facts.expectsContinue && (facts.contentLength ?? Int.max) <= Self.awaitedBodyBytes
        guard
            let serial = self.machine.headArrived(
                hasBody: request.hasBody, endsConnection: !request.isKeepAlive || facts.asksUpgrade, mayWaitForBody: awaited)
        else { return }
        if let fault = facts.fault { return self.fail(fault) }
        if request.target.text.utf8.count > self.limits.targetBytes { return self.fail(.targetTooLong) }
        if facts.byteCount > self.limits.headerBytes { return self.fail(.headerTooLarge) }
        self.request = request
        let exchange = Exchange(connection: self, serial: serial)
        switch self.endpoint.receiveHead(request, on: exchange) {
        case .answered:
            break
        case .parked(let owner):
            self.owner = owner
        case .collectBody(let owner, let limit):
            self.owner = owner
            self.bodyLimit = limit
            self.isCollecting = true
            if let length = facts.contentLength, length > limit { return self.refuseBody() }
            if facts.expectsContinue, request.isHTTP11, request.hasBody { self.write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")) }
        }
    }

    private func processBody(_ bytes: ByteBuffer) {
        guard !self.machine.isLingering else {
            if self.machine.drop(bytes: bytes.readableBytes) { self.closeNow() }
            return
        }
        guard self.isCollecting else { return }
        guard var body = self.body else {
            // Usually all of it: the reader's own bytes are kept.
            self.body = bytes
            if bytes.readableBytes > self.bodyLimit { self.refuseBody() }
            return
        }
        guard body.readableBytes + bytes.readableBytes <= self.bodyLimit else { return self.refuseBody() }
        self.body = nil
        if body.readableBytes + bytes.readableBytes > body.capacity {
            let expected = min(self.request?.facts.contentLength ?? 0, self.bodyLimit)
            body.reserveCapacity(max(expected, (body.readableBytes + bytes.readableBytes) * 2))
        }
        body.writeImmutableBuffer(bytes)
        self.body = body
    }

    private func refuseBody() {
        self.isCollecting = false
        self.body = nil
        guard let request = self.request, let owner = self.owner else { return }
        owner.bodyTooLarge(request, on: Exchange(connection: self, serial: self.machine.serial))
    }

    private func processEnd() {
        switch self.machine.requestEnded() {
        case .none:
            break
        case .complete:
            if let upgrade = self.pendingUpgrade {
                self.pendingUpgrade = nil
                self.upgrade(self.machine.serial, responding: upgrade.response, to: upgrade.handler)
            } else if self.isCollecting, let request = self.request, let owner = self.owner {
                self.isCollecting = false
                let body = self.body ?? ByteBuffer()
                self.body = nil
                owner.receiveBody(body, of: request, on: Exchange(connection: self, serial: self.machine.serial))
            }
        case .nextRequest:
            self.writeHeldAnswer()
            self.forgetRequest()
        case .linger:
            self.writeHeldAnswer()
            self.linger()
        }
    }

    private func abandonRequest() {
        let request = self.request, owner = self.owner
        self.forgetRequest()
        guard let request, let owner else { return }
        owner.exchangeAbandoned(request, on: Exchange(connection: self, serial: self.machine.serial))
    }

    private func forgetRequest() {
        self.request = nil
        self.owner = nil
        self.body = nil
        self.isCollecting = false
        self.pendingUpgrade = nil
    }

    // MARK: - Answers

    func respond(to serial: UInt64, _ head: ResponseHead, bodyByteCount: Int, _ writeBody: (inout ByteBuffer) -> Void) {
        guard let request = self.request else { return }
        let action = self.machine.answer(serial, closes: head.closes)
        let closes: Bool
        switch action {
        case .ignore: return
        case .write: closes = false
        case .writeAndLinger: closes = true
        case .hold(let closing): closes = closing
        }
        let isHead = request.method == .head
        let persistence: ResponseHead.Persistence = closes ? .close : request.isHTTP11 ? .implied : .keepAlive
        let capacity = Self.headCapacity + head.extraHeaders.utf8.count + (isHead ? 0 : bodyByteCount)
        let response = self.scratch.fill(capacity: capacity) { buffer in
            head.write(to: &buffer, bodyByteCount: bodyByteCount, persistence: persistence)
            if !isHead { writeBody(&buffer) }
        }
        self.owner = nil
        switch action {
        case .ignore:
            break
        case .write:
            self.write(response)
            if self.machine.acceptsHead { self.forgetRequest() }
        case .writeAndLinger:
            self.write(response)
            self.linger()
        case .hold:
            self.heldAnswer = response
            self.isCollecting = false
        }
        if !self.isReading { self.updateDeadline() }
        self.processQueue()
    }

    private func writeHeldAnswer() {
        guard let answer = self.heldAnswer else { return }
        self.heldAnswer = nil
        self.write(answer)
    }

    private func write(_ bytes: ByteBuffer) {
        guard let context = self.context else { return }
        context.write(self.wrapOutboundOut(bytes), promise: nil)
        if self.isReading {
            self.hasUnflushedWrites = true
        } else {
            context.flush()
        }
    }

    /// Answers what no endpoint gets to see.
    private func fail(_ fault: RequestFault) {
        if self.machine.fail() {
            let head = ResponseHead(fault.status, .json)
            self.write(
                self.scratch.fill(capacity: Self.headCapacity + fault.body.utf8CodeUnitCount) { buffer in
                    head.write(to: &buffer, bodyByteCount: fault.body.utf8CodeUnitCount, persistence: .close)
                    buffer.writeStaticString(fault.body)
                })
            self.linger()
        } else if self.machine.isLingering, self.heldAnswer != nil {
            self.linger()
        }
    }

    // MARK: - The end

    /// FIN behind the last answer, then input is dropped until the peer closes, so that it sees the answer and not a reset.
    private func linger() {
        guard let context = self.context else { return }
        self.writeHeldAnswer()
        self.abandonRequest()
        self.hasUnflushedWrites = false
        context.flush()
        context.close(mode: .output, promise: nil)
        self.updateDeadline()
    }

    private func closeNow() {
        self.machine.close()
        self.context?.close(promise: nil)
    }

    func upgrade(_ serial: UInt64, responding response: ByteBuffer, to handler: any ChannelHandler) {
        let (isAllowed, waits) = self.machine.upgrade(serial)
        guard isAllowed, let context = self.context else { return }
        if waits {
            self.pendingUpgrade = (response, handler)
            return
        }
        self.forgetRequest()
        self.deadline = nil
        context.write(self.wrapOutboundOut(response), promise: nil)
        context.flush()
        let operations = context.pipeline.syncOperations
        do {
            // Fewer receive buffers are kept for a connection that is mostly idle.
            try context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try operations.addHandler(handler, position: .after(self))
        } catch {
            return self.closeNow()
        }
        guard let decoder = self.decoder else { return }
        self.decoder = nil
        // On its way out the decoder hands over the bytes behind the request, through this handler to the new one.
        operations.removeHandler(decoder).assumeIsolated().whenComplete { _ in
            guard let context = self.context else { return }
            // What the new handler wrote in answer to them is waiting for the end of a read.
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }
}

extension HTTPConnectionHandler: TimerWheelClient {
    /// Deadlines are absolute: they begin when the connection starts to wait for something, not with each byte of it.
    private func updateDeadline() {
        let kind = self.machine.deadline
        guard kind != self.deadlineKind || self.machine.serial != self.deadlineSerial else { return }
        self.deadlineKind = kind
        self.deadlineSerial = self.machine.serial
        self.deadline = kind.map { self.wheel.now + $0.after(self.limits) }
        if let deadline = self.deadline { self.wheel.schedule(self, at: deadline) }
    }

    func wheelFired(now: Milliseconds) -> Milliseconds? {
        guard let deadline = self.deadline else { return nil }
        guard now >= deadline else { return deadline }
        switch self.deadlineKind {
        case .header, .body:
            self.fail(.tooSlow)
            return self.deadline
        case .firstByte, .idle, .linger, nil:
            self.closeNow()
            return nil
        }
    }
}
