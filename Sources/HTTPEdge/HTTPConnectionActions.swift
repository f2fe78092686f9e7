/// What the handler has to do after an input to `HTTPConnectionStateMachine`.
extension HTTPConnectionStateMachine {
    /// What the decoder may be fed.
    enum Appetite: Equatable {
        /// An answer is outstanding, or the peer does not read: bytes stay where they are.
        case nothing
        case head
        case body
        /// Everything is thrown away.
        case drop
    }

    /// What the endpoint made of a head.
    enum HeadVerdict: Equatable {
        case answered
        /// - Parameter byteCount: what Content-Length announces; 0 if nothing does.
        case collect(byteCount: Int, limit: Int)
        case parked
    }

    enum JudgedAction: Equatable {
        case none
        /// 100 Continue goes out: the client waits for it.
        case sendContinue
        case tellTooLarge
        /// The endpoint said that it has answered and has not: 500.
        case answerForEndpoint
    }

    enum BodyAction: Equatable {
        case collect
        case drop
        /// More than is read of a body that nobody wants.
        case fail
    }

    enum EndAction: Equatable {
        case none
        case deliverBody
        case upgrade
    }

    enum AnswerAction: Equatable {
        /// Answered before, or gone.
        case ignore
        /// After `.close`, our FIN follows.
        case write(ResponseHead.Persistence)
    }

    enum UpgradeAction: Equatable {
        case ignore
        case perform
        /// `receivedEnd` will say so.
        case wait
        /// The decoder has gone on behind this request: 500.
        case refuse
    }

    enum FailureAction: Equatable {
        case none
        /// The last answer, then FIN.
        case answer(abandons: Bool)
        /// FIN only: the answer is already out.
        case finish
    }

    enum DeadlineAction: Equatable {
        case none
        /// 408, then FIN.
        case timeOut(Deadline, abandons: Bool)
        case close(Deadline)
    }

    /// Which deadline has passed; the names of the counters.
    enum Deadline: Equatable {
        case firstByte, header, body, idle
        /// The peer leaves our answers unread.
        case write
        /// It goes on sending behind the last answer.
        case linger

        var label: StaticString {
            switch self {
            case .firstByte: "first_byte_deadline"
            case .header: "header_deadline"
            case .body: "body_deadline"
            case .idle: "idle_deadline"
            case .write: "write_deadline"
            case .linger: "linger_deadline"
            }
        }
    }
}
