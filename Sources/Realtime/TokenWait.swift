import AccessControl

/// A packet that has to wait for its tokens' verification, and what is done with it then. It moves along when its session changes loops.
struct TokenWait: Sendable {
    /// Called on the session's loop, whichever it is by then. The verdicts are in the order of the tokens.
    typealias Continuation = @Sendable (SocketIOConnection, [TokenVerdict]) -> Void

    /// Verdicts find their packet by it: one session has one after the other.
    let number: Int
    let tokens: [[UInt8]]
    let judge: TokenJudge
    var verdicts: [TokenVerdict?]
    let then: Continuation

    init(number: Int, tokens: [[UInt8]], judge: TokenJudge, then: @escaping Continuation) {
        self.number = number
        self.tokens = tokens
        self.judge = judge
        self.verdicts = Array(repeating: nil, count: tokens.count)
        self.then = then
    }

    /// Tokens that are not known to be good at once.
    var laborious: Int {
        self.verdicts.count { verdict in
            if case .signed = verdict { false } else { true }
        }
    }

    /// Nil until all are there.
    var allVerdicts: [TokenVerdict]? {
        let known = self.verdicts.compactMap { $0 }
        return known.count == self.verdicts.count ? known : nil
    }
}
