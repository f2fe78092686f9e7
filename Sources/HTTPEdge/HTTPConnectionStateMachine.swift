/// What an HTTP connection is doing, as a value: inputs go in with the time, a small action comes out, deadlines are data. No I/O.
///
/// ```
/// between ─bytes→ head ─fields→ exchanging(judging ─→ collecting ─→ awaiting ─→ answered) ─end→ between …
///                                   └──── upgrading ─end→ upgraded
/// any ─last answer→ finishing (our FIN waits for the answer) ─FIN→ lingering (read and drop) → closed
/// ```
struct HTTPConnectionStateMachine {
    private enum State: Equatable {
        /// Between requests: nothing of the next one is here.
        case between
        /// A request's first byte is here, its fields are not complete.
        case head
        case exchanging(CurrentExchange)
        /// The last answer is written; our FIN follows it.
        case finishing(dropped: Int)
        /// Our FIN is out; what comes is read and dropped, so that the answer is seen and not a reset.
        case lingering(dropped: Int)
        case upgraded
        case closed
    }

    private let limits: HTTPLimits
    private var state = State.between
    /// The number of the latest exchange; 0 before the first.
    private(set) var lastSerial: UInt64 = 0
    private var stateDeadline: Milliseconds?
    private var writeDeadline: Milliseconds?

    /// - Parameter now: when the connection began.
    init(limits: HTTPLimits, now: Milliseconds) {
        self.limits = limits
        self.stateDeadline = now + limits.firstByteTimeout
    }

    // MARK: - What the handler asks

    /// The next deadline; nil while none runs.
    var deadline: Milliseconds? {
        guard let writeDeadline = self.writeDeadline else { return self.stateDeadline }
        return self.stateDeadline.map { min($0, writeDeadline) } ?? writeDeadline
    }

    /// The peer leaves so much unread that nothing more is taken from it.
    var hasUnreadAnswers: Bool { self.writeDeadline != nil }

    var appetite: Appetite {
        switch self.state {
        case .between, .head: self.writeDeadline == nil ? .head : .nothing
        case .exchanging(let exchange): exchange.hasEnded ? .nothing : .body
        case .finishing, .lingering, .closed: .drop
        case .upgraded: .nothing
        }
    }

    func awaitsAnswer(_ serial: UInt64) -> Bool {
        guard case .exchanging(let exchange) = self.state else { return false }
        return exchange.serial == serial && exchange.phase.isUnanswered
    }

    // MARK: - The request arrives

    /// The first byte of a request, or more of its head.
    mutating func receivedHeadBytes(now: Milliseconds) {
        guard self.state == .between else { return }
        self.state = .head
        self.stateDeadline = now + self.limits.headerTimeout
    }

    /// The fields are complete.
    /// - Returns: the exchange's serial number; nil if the connection takes no more requests.
    mutating func receivedHead(_ shape: RequestShape, now: Milliseconds) -> UInt64? {
        guard self.state == .between || self.state == .head else { return nil }
        self.lastSerial &+= 1
        self.state = .exchanging(CurrentExchange(serial: self.lastSerial, shape: shape))
        self.stateDeadline = shape.body == .none ? nil : now + self.limits.bodyTimeout
        return self.lastSerial
    }

    /// The endpoint has judged the head.
    mutating func judged(_ serial: UInt64, _ verdict: HeadVerdict) -> JudgedAction {
        guard case .exchanging(var exchange) = self.state, exchange.serial == serial, exchange.phase == .judging else { return .none }
        switch verdict {
        case .answered:
            return .answerForEndpoint
        case .collect(let byteCount, let limit):
            exchange.phase = .collecting
            self.state = .exchanging(exchange)
            if byteCount > limit { return .tellTooLarge }
            return exchange.shape.expectsContinue && exchange.shape.body == .coming ? .sendContinue : .none
        case .parked:
            exchange.phase = .awaiting
            self.state = .exchanging(exchange)
            return .none
        }
    }

    /// A part of the body.
    mutating func receivedBody(_ byteCount: Int) -> BodyAction {
        guard case .exchanging(var exchange) = self.state else { return .drop }
        if exchange.phase == .collecting { return .collect }
        exchange.dropped += byteCount
        self.state = .exchanging(exchange)
        return exchange.dropped > self.limits.lingerBytes ? .fail : .drop
    }

    /// Bytes of a chunked body, its framing included, `payload` of which were data. With the body's end come bytes of the next request: then
    /// nothing is judged any more.
    mutating func receivedChunks(_ byteCount: Int, payload: Int) -> BodyAction {
        guard case .exchanging(var exchange) = self.state, !exchange.hasEnded else { return .drop }
        exchange.framing += byteCount - payload
        self.state = .exchanging(exchange)
        return exchange.framing > self.limits.bodyBytes ? .fail : .drop
    }

    /// The request is complete.
    mutating func receivedEnd(now: Milliseconds) -> EndAction {
        guard case .exchanging(var exchange) = self.state, !exchange.hasEnded else { return .none }
        exchange.hasEnded = true
        self.stateDeadline = nil
        switch exchange.phase {
        case .answered:
            self.beginPause(now: now)
            return .none
        case .collecting:
            exchange.phase = .awaiting
            self.state = .exchanging(exchange)
            return .deliverBody
        case .upgrading:
            self.state = .exchanging(exchange)
            return .upgrade
        case .judging, .awaiting:
            self.state = .exchanging(exchange)
            return .none
        }
    }

    // MARK: - The answer

    /// The endpoint answers exchange `serial`.
    /// - Parameter closes: the endpoint wants the connection to end.
    mutating func answer(_ serial: UInt64, closes: Bool, now: Milliseconds) -> AnswerAction {
        guard case .exchanging(var exchange) = self.state, exchange.serial == serial, exchange.phase.isUnanswered else { return .ignore }
        let shape = exchange.shape
        guard !closes, shape.isKeepAlive, !shape.stopsDecoder, exchange.hasEnded || shape.body != .coming else {
            self.finish(now: now)
            return .write(.close)
        }
        if exchange.hasEnded {
            self.beginPause(now: now)
        } else {
            exchange.phase = .answered
            self.state = .exchanging(exchange)
        }
        return .write(shape.isHTTP11 ? .implied : .keepAlive)
    }

    /// The endpoint takes the connection out of HTTP.
    mutating func upgrade(_ serial: UInt64) -> UpgradeAction {
        guard case .exchanging(var exchange) = self.state, exchange.serial == serial, exchange.phase.isUnanswered else { return .ignore }
        guard exchange.shape.stopsDecoder else { return .refuse }
        exchange.phase = .upgrading
        self.state = .exchanging(exchange)
        return exchange.hasEnded ? .perform : .wait
    }

    /// The upgrade is done; nothing of this connection is ours any more.
    mutating func upgraded() {
        self.state = .upgraded
        self.stateDeadline = nil
        self.writeDeadline = nil
    }

    // MARK: - What goes wrong

    /// The request cannot be taken any further; there is something to say about it, as the connection's last answer.
    mutating func failed(now: Milliseconds) -> FailureAction {
        switch self.state {
        case .between, .head:
            self.finish(now: now)
            return .answer(abandons: false)
        case .exchanging(let exchange):
            self.finish(now: now)
            return exchange.phase == .answered ? .finish : .answer(abandons: exchange.phase.isWaiting)
        case .finishing, .lingering, .upgraded, .closed:
            return .none
        }
    }

    /// The wheel looks at the connection.
    mutating func deadlineReached(now: Milliseconds) -> DeadlineAction {
        guard let deadline = self.deadline, deadline <= now else { return .none }
        if let writeDeadline = self.writeDeadline, writeDeadline <= now { return .close(.write) }
        switch self.state {
        case .between where self.lastSerial > 0:
            return .close(.idle)
        case .between:
            self.finish(now: now)
            return .timeOut(.firstByte, abandons: false)
        case .head:
            self.finish(now: now)
            return .timeOut(.header, abandons: false)
        case .exchanging(let exchange):
            // Also of an upgrade whose body does not come: nothing has been answered to it.
            guard exchange.phase != .answered else { return .close(.body) }
            self.finish(now: now)
            return .timeOut(.body, abandons: exchange.phase.isWaiting)
        case .finishing, .lingering, .upgraded, .closed:
            return .close(.linger)
        }
    }

    /// Bytes that came behind the last answer.
    /// - Returns: whether that is more than we read for the sake of being seen.
    mutating func dropped(_ byteCount: Int) -> Bool {
        switch self.state {
        case .finishing(let dropped):
            self.state = .finishing(dropped: dropped + byteCount)
            return dropped + byteCount > self.limits.lingerBytes
        case .lingering(let dropped):
            self.state = .lingering(dropped: dropped + byteCount)
            return dropped + byteCount > self.limits.lingerBytes
        default:
            return false
        }
    }

    /// Our FIN is out.
    mutating func outputClosed(now: Milliseconds) {
        guard case .finishing(let dropped) = self.state else { return }
        self.state = .lingering(dropped: dropped)
        self.stateDeadline = now + self.limits.lingerTimeout
        self.writeDeadline = nil
    }

    mutating func writabilityChanged(_ isWritable: Bool, now: Milliseconds) {
        if isWritable {
            self.writeDeadline = nil
        } else if self.writeDeadline == nil, self.state != .closed, self.state != .upgraded {
            self.writeDeadline = now + self.limits.writeTimeout
        }
    }

    /// The connection is gone.
    /// - Returns: whether somebody waits to answer.
    mutating func closed() -> Bool {
        let state = self.state
        self.state = .closed
        self.stateDeadline = nil
        self.writeDeadline = nil
        guard case .exchanging(let exchange) = state else { return false }
        return exchange.phase.isWaiting
    }

    private mutating func beginPause(now: Milliseconds) {
        self.state = .between
        self.stateDeadline = now + self.limits.idleTimeout
    }

    private mutating func finish(now: Milliseconds) {
        self.state = .finishing(dropped: 0)
        self.stateDeadline = now + self.limits.writeTimeout
    }
}
