/// The request that a connection is at.
struct CurrentExchange: Equatable {
    enum Phase: Equatable {
        /// The endpoint looks at the head.
        case judging
        /// The body is gathered for the endpoint.
        case collecting
        /// The endpoint has all it wants and answers when it likes.
        case awaiting
        /// The endpoint takes the connection out of HTTP once the request is complete.
        case upgrading
        /// The answer is written, the request's rest is still to come.
        case answered

        /// Whether an answer would be sent.
        var isUnanswered: Bool { self != .answered && self != .upgrading }

        /// Whether somebody has to be told when there is no more use in answering.
        var isWaiting: Bool { self == .collecting || self == .awaiting }
    }

    let serial: UInt64
    let shape: RequestShape
    var phase = Phase.judging
    /// Whether the request is complete.
    var hasEnded = false
    /// Body bytes that nobody wanted.
    var dropped = 0
    /// Bytes of a chunked body that were not data.
    var framing = 0

    init(serial: UInt64, shape: RequestShape) {
        self.serial = serial
        self.shape = shape
    }
}

/// What the state machine has to know of a request.
struct RequestShape: Equatable {
    enum Body: Equatable {
        case none
        /// There is one, and all of it has arrived: an early answer need not end the connection.
        case arrived
        case coming
    }

    var isKeepAlive = true
    var isHTTP11 = true
    var expectsContinue = false
    /// The decoder takes nothing behind this request.
    var stopsDecoder = false
    var body = Body.none
}
