import NIOCore
import NIOHTTP1

/// Answers go out: the endpoint's, and those that the connection gives itself.
extension HTTPConnectionHandler {
    /// `Exchange.respond`.
    func respond(to serial: UInt64, _ head: ResponseHead, bodyByteCount: Int, _ writeBody: (inout ByteBuffer) -> Void) {
        guard self.machine.awaitsAnswer(serial) else { return }
        let omitsBody = self.current?.request.method == .head
        let closes = head.closes || (self.loop.isDraining && !head.isOwed)
        guard
            case .write(let persistence) = self.machine.answer(
                serial, closes: closes, now: self.loop.wheel.now)
        else { return }
        let pending = self.takeCurrent()
        let identifier = self.identifier(of: pending?.request)
        self.owed = head.isOwed ? pending?.request : nil
        var isExact = true
        let buffer = self.loop.scratch.fill(capacity: 256 + head.extraHeaders.utf8.count + max(bodyByteCount, 0)) { buffer in
            head.write(to: &buffer, bodyByteCount: bodyByteCount, persistence: persistence, requestIdentifier: identifier)
            let headEnd = buffer.writerIndex
            if head.status.hasBody { writeBody(&buffer) }
            isExact = !head.status.hasBody || buffer.writerIndex - headEnd == bodyByteCount
            if omitsBody { buffer.moveWriterIndex(to: headEnd) }
        }
        if isExact {
            self.loop.tally.answered(code: head.status.code)
            self.report(pending, identifier: identifier, status: head.status.code)
            self.send(buffer)
            if persistence == .close { self.closeOutput() }
        } else {
            // The endpoint has miscounted: nothing of it may reach a client that counts.
            _ = self.machine.failed(now: self.loop.wheel.now)
            self.writeLast(
                ResponseHead(.internalServerError, .json), body: #"{"detail":"The answer was inconsistent"}"#, omitsBody: omitsBody,
                identifier: identifier)
        }
        self.updateDeadline()
        self.resume()
    }

    /// The decoder has given up. Behind a chunked body that is no matter of the request that waits for its answer.
    func decodingFailed(_ fault: DecodingFault) {
        guard !self.holdBack(fault) else { return }
        self.loop.tally.refuse(fault.label)
        self.refuse(ResponseHead(fault.status, .json), body: fault.body)
    }

    /// Answers in the endpoint's place, as the connection's last word.
    func refuse(_ head: ResponseHead, body: StaticString) {
        switch self.machine.failed(now: self.loop.wheel.now) {
        case .none: break
        case .finish: self.closeOutput()
        case .answer(let abandons): self.answerLast(head, body: body, abandons: abandons)
        }
        self.updateDeadline()
    }

    private func answerLast(_ head: ResponseHead, body: StaticString, abandons: Bool) {
        let current = self.takeCurrent()
        self.pendingUpgrade = nil
        let identifier = self.identifier(of: current?.request)
        self.report(current, identifier: identifier, status: head.status.code)
        self.writeLast(head, body: body, omitsBody: current?.request.method == .head, identifier: identifier)
        if abandons, let current {
            current.endpoint.exchangeAbandoned(current.request, on: self.exchange)
        }
    }

    private func writeLast(_ head: ResponseHead, body: StaticString, omitsBody: Bool, identifier: String?) {
        let byteCount = body.utf8CodeUnitCount
        self.loop.tally.answered(code: head.status.code)
        self.send(
            self.loop.scratch.fill(capacity: 256 + byteCount) { buffer in
                head.write(to: &buffer, bodyByteCount: byteCount, persistence: .close, requestIdentifier: identifier)
                if !omitsBody { buffer.writeStaticString(body) }
            })
        self.closeOutput()
    }

    /// Bytes came behind the last answer.
    func dropped(_ byteCount: Int) {
        if self.machine.dropped(byteCount) { self.close() }
    }
}

extension HTTPConnectionHandler: TimerWheelClient {
    func updateDeadline() {
        if let deadline = self.machine.deadline { self.loop.wheel.schedule(self, at: deadline) }
    }

    func wheelFired(now: Milliseconds) -> Milliseconds? {
        switch self.machine.deadlineReached(now: now) {
        case .none: break
        case .close(let deadline):
            self.loop.tally.cut(deadline.label)
            self.close()
        case .timeOut(let deadline, let abandons):
            self.loop.tally.refuse(deadline.label)
            self.answerLast(ResponseHead(.requestTimeout, .json), body: #"{"detail":"The request took too long"}"#, abandons: abandons)
        }
        return self.machine.deadline
    }
}
