import NIOCore
import NIOHTTP1

/// Requests come in. Called by way of the decoder.
extension HTTPConnectionHandler {
    /// The decoder begins with a head, or goes on with one.
    func receivedHeadBytes() {
        self.machine.receivedHeadBytes(now: self.loop.wheel.now)
    }

    func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): self.receiveHead(head)
        case .body(let body): self.receiveBody(body)
        case .end: self.receiveEnd()
        }
    }

    private func receiveHead(_ head: HTTPRequestHead) {
        guard head.uri.utf8.count <= self.loop.limits.targetBytes else { return self.decodingFailed(.targetTooLong) }
        var request: Request
        do {
            request = try Request(head)
        } catch {
            self.loop.tally.refuse("malformed")
            return self.refuse(ResponseHead(error.status, .json), body: error.body)
        }
        if request.facts.forwardedHost != nil, self.loop.proxies.contains(self.context?.channel.remoteAddress) { request.believeProxy() }
        let facts = request.facts
        guard facts.byteCount <= self.loop.limits.headerBytes else { return self.decodingFailed(.fieldsTooLarge) }
        self.bodyBytesToCome = facts.isChunked ? nil : facts.contentLength ?? 0
        self.chunkPayload = 0
        guard let serial = self.machine.receivedHead(self.shape(of: request), now: self.loop.wheel.now) else { return }
        self.takeCurrent()
        self.current = PendingRequest(request, endpoint: self.endpoint, began: self.loop.eventLoop.now)
        self.loop.openExchanges += 1
        let exchange = Exchange(connection: self, serial: serial)
        let verdict: HTTPConnectionStateMachine.HeadVerdict
        switch self.endpoint.receiveHead(request, on: exchange) {
        case .answered:
            verdict = .answered
        case .collectBody(let endpoint, let limit):
            verdict = .collect(byteCount: facts.contentLength ?? 0, limit: limit)
            self.current?.endpoint = endpoint
            self.current?.bodyLimit = limit
        case .parked(let endpoint):
            verdict = .parked
            self.current?.endpoint = endpoint
        }
        switch self.machine.judged(serial, verdict) {
        case .none: break
        case .sendContinue: self.send(Self.continueResponse)
        case .tellTooLarge: self.tellTooLarge(exchange)
        case .answerForEndpoint:
            exchange.respond(ResponseHead(.internalServerError, .json, closes: true), body: Self.unansweredBody)
        }
    }

    private func shape(of request: Request) -> RequestShape {
        let facts = request.facts
        let body: RequestShape.Body
        switch (facts.isChunked, facts.contentLength ?? 0) {
        case (true, _): body = .coming
        case (false, 0): body = .none
        case (false, let byteCount): body = byteCount <= self.decoder?.unfedByteCount ?? 0 ? .arrived : .coming
        }
        return RequestShape(
            isKeepAlive: request.isKeepAlive, isHTTP11: request.isHTTP11, expectsContinue: facts.expectsContinue && request.isHTTP11,
            stopsDecoder: facts.stopsDecoder, body: body)
    }

    private func receiveBody(_ body: ByteBuffer) {
        if let bytesToCome = self.bodyBytesToCome {
            self.bodyBytesToCome = bytesToCome - body.readableBytes
        } else {
            self.chunkPayload += body.readableBytes
        }
        switch self.machine.receivedBody(body.readableBytes) {
        case .drop: break
        case .fail: self.close()
        case .collect:
            guard let allocator = self.context?.channel.allocator else { return }
            if self.current?.append(body, allocator: allocator) == false { self.tellTooLarge(self.exchange) }
        }
    }

    /// Bytes of a chunked body were fed, framing included.
    func receivedChunks(_ byteCount: Int) {
        let payload = self.chunkPayload
        self.chunkPayload = 0
        if self.machine.receivedChunks(byteCount, payload: payload) == .fail { self.decodingFailed(.framingTooLarge) }
    }

    private func receiveEnd() {
        switch self.machine.receivedEnd(now: self.loop.wheel.now) {
        case .none: break
        case .upgrade: self.pendingUpgrade?.isDue = true
        case .deliverBody:
            guard let body = self.current?.takeBody(), let current = self.current else { return }
            current.endpoint.receiveBody(body, of: current.request, on: self.exchange)
        }
    }

    private func tellTooLarge(_ exchange: Exchange) {
        guard let current = self.current else { return }
        self.loop.tally.refuse("body_bytes")
        current.endpoint.bodyTooLarge(current.request, on: exchange)
        exchange.respond(ResponseHead(.contentTooLarge, .json), body: #"{"detail":"The body is too large"}"#)
    }

    private static let continueResponse = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
    private static let unansweredBody: StaticString = #"{"detail":"The request was not answered"}"#
}
