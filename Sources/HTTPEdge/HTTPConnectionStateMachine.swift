/// One HTTP/1.1 connection as a value without I/O: requests one after the other, exactly one answer each, early answers, the end.
struct HTTPConnectionStateMachine {
    private enum Phase: Equatable {
        /// Between requests.
        case idle
        /// The first byte of a request has come, its head is not complete.
        case header
        /// From the head to both the answer and the request's end.
        case request(isAnswered: Bool, hasEnded: Bool)
        /// Answered for the last time: input is dropped, within a bound, until the peer closes.
        case lingering(droppedBytes: Int)
        case upgraded
        case closed
    }

    private let limits: HTTPLimits
    private var phase = Phase.idle
    /// Number of the current or latest request.
    private(set) var serial: UInt64 = 0
    private var closesAfterAnswer = false
    private var hasBody = false
    private var mayWaitForBody = false

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    // MARK: - Input

    /// Bytes have arrived for the decoder. Returns whether they belong to a header.
    mutating func bytesArrived() -> Bool {
        if self.phase == .idle { self.phase = .header }
        return self.phase == .header
    }

    /// Whether the next request may begin; if not, it waits in the queue.
    var acceptsHead: Bool {
        switch self.phase {
        case .idle, .header, .lingering, .upgraded, .closed: true
        case .request: false
        }
    }

    /// - Parameters:
    ///   - endsConnection: the request itself asks for that, or the decoder reads nothing behind it.
    ///   - mayWaitForBody: an answer that is known before the body may wait for the rest of it, because it is small and on its way.
    /// - Returns: the request's number; nil if nothing is served any more.
    mutating func headArrived(hasBody: Bool, endsConnection: Bool, mayWaitForBody: Bool) -> UInt64? {
        guard self.phase == .idle || self.phase == .header else { return nil }
        self.serial += 1
        self.hasBody = hasBody
        self.closesAfterAnswer = endsConnection
        self.mayWaitForBody = mayWaitForBody
        self.phase = .request(isAnswered: false, hasEnded: false)
        return self.serial
    }

    enum EndAction: Equatable {
        case none
        /// The body can be given to its endpoint.
        case complete
        /// The answer went out before, or is held back for this moment; the next request may begin.
        case nextRequest
        case linger
    }

    /// The request is here to its last byte.
    mutating func requestEnded() -> EndAction {
        switch self.phase {
        case .request(isAnswered: false, _):
            self.phase = .request(isAnswered: false, hasEnded: true)
            return .complete
        case .request(isAnswered: true, _):
            return self.finishRequest() ? .linger : .nextRequest
        case .idle, .header, .lingering, .upgraded, .closed:
            return .none
        }
    }

    // MARK: - Answers

    enum AnswerAction: Equatable {
        /// Not the current request's, or answered already.
        case ignore
        /// Written now; the connection goes on.
        case write
        /// Written now with `Connection: close`, then FIN and linger.
        case writeAndLinger
        /// Written when the rest of the request's small body has come.
        case hold(closes: Bool)
    }

    mutating func answer(_ serial: UInt64, closes: Bool) -> AnswerAction {
        guard serial == self.serial, case .request(isAnswered: false, let hasEnded) = self.phase else { return .ignore }
        if closes { self.closesAfterAnswer = true }
        if hasEnded {
            return self.finishRequest() ? .writeAndLinger : .write
        }
        self.phase = .request(isAnswered: true, hasEnded: false)
        if !self.hasBody {
            // Its end follows at once, and decides about the connection.
            return self.closesAfterAnswer ? .hold(closes: true) : .write
        }
        if self.mayWaitForBody { return .hold(closes: self.closesAfterAnswer) }
        self.phase = .lingering(droppedBytes: 0)
        return .writeAndLinger
    }

    /// Whether the answer to the current request will carry `Connection: close`.
    var closesAfterThisAnswer: Bool { self.closesAfterAnswer }

    /// Returns whether the connection lingers.
    private mutating func finishRequest() -> Bool {
        self.phase = self.closesAfterAnswer ? .lingering(droppedBytes: 0) : .idle
        return self.closesAfterAnswer
    }

    /// The edge itself answers what cannot be read as a request. Returns whether it may.
    mutating func fail() -> Bool {
        switch self.phase {
        case .idle, .header, .request(isAnswered: false, _):
            self.phase = .lingering(droppedBytes: 0)
            return true
        case .request(isAnswered: true, _):
            // Held back until the body's end, which will never come.
            self.phase = .lingering(droppedBytes: 0)
            return false
        case .lingering, .upgraded, .closed:
            return false
        }
    }

    /// Whether the request may become another protocol now; `waits` until its end has come.
    mutating func upgrade(_ serial: UInt64) -> (isAllowed: Bool, waits: Bool) {
        guard serial == self.serial, case .request(isAnswered: false, let hasEnded) = self.phase else { return (false, false) }
        if hasEnded { self.phase = .upgraded }
        return (true, !hasEnded)
    }

    var isUpgraded: Bool { self.phase == .upgraded }
    var isLingering: Bool {
        if case .lingering = self.phase { return true }
        return false
    }

    /// Input behind the last answer. Returns whether enough has been dropped.
    mutating func drop(bytes: Int) -> Bool {
        guard case .lingering(let dropped) = self.phase else { return false }
        let total = dropped + bytes
        self.phase = .lingering(droppedBytes: total)
        return total > self.limits.lingerBytes
    }

    mutating func close() {
        self.phase = .closed
    }

    // MARK: - Deadlines

    enum Deadline: Equatable {
        case firstByte, header, body, idle, linger

        func after(_ limits: HTTPLimits) -> Int64 {
            switch self {
            case .firstByte: limits.firstByteTimeout
            case .header: limits.headerTimeout
            case .body: limits.bodyTimeout
            case .idle: limits.idleTimeout
            case .linger: limits.lingerTimeout
            }
        }
    }

    /// What the connection waits for, if that has a bound.
    var deadline: Deadline? {
        switch self.phase {
        case .idle: self.serial == 0 ? .firstByte : .idle
        case .header: .header
        case .request(_, hasEnded: false): .body
        case .request(_, hasEnded: true), .upgraded, .closed: nil
        case .lingering: .linger
        }
    }
}
