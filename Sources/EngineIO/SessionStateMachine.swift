/// An Engine.IO 4 session as a value without I/O: which transport carries it, its heartbeat, its upgrade and its end
/// (protocol.md 1.5–1.12).
///
/// The session that owns it tells it what arrived and when, and does what it answers. Times are milliseconds of any steady clock. It lives
/// on one loop at a time; when the session moves to another loop it moves along as a value.
package struct SessionStateMachine: Sendable {
    private enum Transport: Sendable, Equatable {
        case polling(isPollParked: Bool, isPosting: Bool)
        case webSocket
        /// Closed by the server while no poll was waiting: the next ones fetch what is left, until `forgottenAt`.
        case closing(forgottenAt: Int64)
        case closed
    }

    private enum Upgrade: Sendable, Equatable {
        case none
        /// A WebSocket has been accepted as a candidate. `isProbed`: its `2probe` has come.
        case candidate(droppedAt: Int64, nextTick: Int64, isProbed: Bool)
    }

    private enum Heartbeat: Sendable, Equatable {
        case ping(at: Int64)
        case pong(by: Int64)
    }

    private let timings: SessionTimings
    private var transport: Transport
    private var upgrade = Upgrade.none
    private var heartbeat: Heartbeat
    /// Nothing at all has come since the handshake: it ends then.
    private var silentUntil: Int64?

    /// - Parameter isWebSocket: the handshake came over a WebSocket, not as a poll.
    package init(isWebSocket: Bool, timings: SessionTimings, now: Int64) {
        self.timings = timings
        self.transport = isWebSocket ? .webSocket : .polling(isPollParked: false, isPosting: false)
        self.heartbeat = .ping(at: now + timings.pingInterval)
        self.silentUntil = now + timings.silentTimeout
    }

    /// Messages can still reach the client.
    package var isOpen: Bool {
        switch self.transport {
        case .polling, .webSocket: true
        case .closing, .closed: false
        }
    }

    package var isOnWebSocket: Bool { self.transport == .webSocket }
    package var isUpgrading: Bool { self.upgrade != .none }

    /// When `tick` has something to do; nil once it has ended.
    package var nextDeadline: Int64? {
        switch self.transport {
        case .closed: return nil
        case .closing(let forgottenAt): return forgottenAt
        case .polling, .webSocket: break
        }
        var deadline =
            switch self.heartbeat {
            case .ping(let at): at
            case .pong(let by): by
            }
        if case .candidate(let droppedAt, let nextTick, _) = self.upgrade {
            deadline = min(deadline, droppedAt, nextTick)
        }
        return min(deadline, self.silentUntil ?? deadline)
    }

    // MARK: - Long-polling

    package enum PollAction: Equatable, Sendable {
        /// Answer with what is queued.
        case answer
        /// Nothing is queued: keep it until something is.
        case park
        /// Two polls at once: answer this one 400, the waiting one with a close packet; the session has ended (`overlap`).
        case overlap
        /// The session is closing and nothing is left: answer with noop and close; it has ended.
        case answerEnd
        /// Over a WebSocket already: code 3.
        case refuse
        /// Ended: code 1.
        case unknown
    }

    /// A GET has arrived.
    package mutating func pollArrived(hasQueuedPackets: Bool) -> PollAction {
        self.silentUntil = nil
        switch self.transport {
        case .polling(isPollParked: true, _):
            self.end()
            return .overlap
        case .polling(isPollParked: false, let isPosting):
            if hasQueuedPackets { return .answer }
            self.transport = .polling(isPollParked: true, isPosting: isPosting)
            return .park
        case .webSocket:
            return .refuse
        case .closing:
            if hasQueuedPackets { return .answer }
            self.end()
            return .answerEnd
        case .closed:
            return .unknown
        }
    }

    /// Something was queued. Returns whether a poll is waiting for it; it counts as answered from here on.
    package mutating func takeParkedPoll() -> Bool {
        guard case .polling(isPollParked: true, let isPosting) = self.transport else { return false }
        self.transport = .polling(isPollParked: false, isPosting: isPosting)
        return true
    }

    /// The connection of the waiting poll went away: the session ends (`transportError`). Returns whether it did.
    package mutating func parkedPollLost() -> Bool {
        guard case .polling(isPollParked: true, _) = self.transport else { return false }
        self.end()
        return true
    }

    package enum PostAction: Equatable, Sendable {
        case accept
        /// Two POSTs at once: 400; the session has ended (`overlap`).
        case overlap
        case refuse
        case unknown
    }

    /// A POST has begun.
    package mutating func postArrived() -> PostAction {
        self.silentUntil = nil
        switch self.transport {
        case .polling(_, isPosting: true):
            self.end()
            return .overlap
        case .polling(let isPollParked, isPosting: false):
            self.transport = .polling(isPollParked: isPollParked, isPosting: true)
            return .accept
        case .webSocket:
            return .refuse
        case .closing, .closed:
            return .unknown
        }
    }

    /// Its body has been worked off, or it went away.
    package mutating func postFinished() {
        guard case .polling(let isPollParked, _) = self.transport else { return }
        self.transport = .polling(isPollParked: isPollParked, isPosting: false)
    }

    // MARK: - Packets of the session's own transport

    package enum PacketAction: Equatable, Sendable {
        case none
        /// For the layer above.
        case message
        /// The client has closed, or broke the protocol: the session has ended.
        case end(CloseReason)
    }

    package mutating func received(_ packet: PacketType, now: Int64) -> PacketAction {
        self.silentUntil = nil
        guard self.isOpen else { return .none }
        switch packet {
        case .message:
            return .message
        case .pong:
            self.heartbeat = .ping(at: now + self.timings.pingInterval)
            return .none
        case .close:
            self.end()
            return .end(.transportClose)
        case .ping:
            // Revision 4: only the server pings.
            self.end()
            return .end(.parseError)
        case .open, .upgrade, .noop:
            return .none
        }
    }

    // MARK: - Upgrade

    package enum CandidateAction: Equatable, Sendable {
        /// 101; what it sends goes to `candidateReceived`.
        case accept
        /// 101 and then closed: the session is on a WebSocket already, or on its way to one.
        case acceptAndClose
        /// Ended: code 1.
        case unknown
    }

    /// A WebSocket has arrived with this session's id.
    package mutating func candidateArrived(now: Int64) -> CandidateAction {
        self.silentUntil = nil
        switch self.transport {
        case .polling where self.upgrade == .none:
            self.upgrade = .candidate(
                droppedAt: now + self.timings.upgradeTimeout, nextTick: now + self.timings.upgradeTick, isProbed: false)
            return .accept
        case .polling, .webSocket:
            return .acceptAndClose
        case .closing, .closed:
            return .unknown
        }
    }

    package enum CandidatePacketAction: Equatable, Sendable {
        case none
        /// Send `3probe` on the candidate.
        case answerProbe
        /// The candidate is the transport now; a poll that still waits gets a close packet.
        case complete(isPollParked: Bool)
        /// Close the candidate; long-polling goes on.
        case drop
    }

    /// - Parameter isProbe: a ping with the text `probe`.
    package mutating func candidateReceived(_ packet: PacketType, isProbe: Bool, now: Int64) -> CandidatePacketAction {
        guard case .candidate(let droppedAt, let nextTick, _) = self.upgrade, case .polling(let isPollParked, _) = self.transport else {
            return .none
        }
        switch packet {
        case .ping where isProbe:
            self.upgrade = .candidate(droppedAt: droppedAt, nextTick: nextTick, isProbed: true)
            return .answerProbe
        case .upgrade:
            // Also without a probe: one client does just that (protocol.md 1.10, 4).
            self.upgrade = .none
            self.transport = .webSocket
            // A pong that was still under way on the old transport may never arrive: the new one starts afresh.
            if case .pong = self.heartbeat { self.heartbeat = .ping(at: now + self.timings.pingInterval) }
            return .complete(isPollParked: isPollParked)
        default:
            self.upgrade = .none
            return .drop
        }
    }

    package mutating func candidateLost() {
        self.upgrade = .none
    }

    // MARK: - Time

    package struct Tick: Equatable, Sendable {
        /// Queue a ping.
        package var sendsPing = false
        /// Answer the waiting poll with a noop.
        package var answersPollWithNoop = false
        /// Close the candidate.
        package var dropsCandidate = false
        /// The session has ended.
        package var ends: CloseReason?

        package init() {}
    }

    package mutating func tick(now: Int64) -> Tick {
        var result = Tick()
        switch self.transport {
        case .closed:
            return result
        case .closing(let forgottenAt):
            if now >= forgottenAt {
                self.end()
                result.ends = .forcedClose
            }
            return result
        case .polling, .webSocket:
            break
        }
        if let silentUntil = self.silentUntil, now >= silentUntil {
            self.end()
            result.ends = .silentTimeout
            return result
        }
        switch self.heartbeat {
        case .ping(let at) where now >= at:
            result.sendsPing = true
            self.heartbeat = .pong(by: now + self.timings.pingTimeout)
        case .pong(let by) where now >= by:
            result.dropsCandidate = self.isUpgrading
            self.end()
            result.ends = .pingTimeout
            return result
        case .ping, .pong:
            break
        }
        if case .candidate(let droppedAt, let nextTick, let isProbed) = self.upgrade {
            if now >= droppedAt {
                self.upgrade = .none
                result.dropsCandidate = true
            } else if now >= nextTick {
                self.upgrade = .candidate(droppedAt: droppedAt, nextTick: now + self.timings.upgradeTick, isProbed: isProbed)
                result.answersPollWithNoop = self.takeParkedPoll()
            }
        }
        return result
    }

    // MARK: - The end

    package enum CloseAction: Equatable, Sendable {
        case none
        /// Close the WebSocket; the session has ended.
        case closeWebSocket
        /// Answer the waiting poll with a close packet; the session has ended.
        case answerParkedPoll
        /// No poll waits: the next ones fetch the rest.
        case waitForPoll
    }

    /// The server closes the session.
    package mutating func close(now: Int64) -> CloseAction {
        self.upgrade = .none
        switch self.transport {
        case .webSocket:
            self.end()
            return .closeWebSocket
        case .polling(isPollParked: true, _):
            self.end()
            return .answerParkedPoll
        case .polling(isPollParked: false, _):
            self.transport = .closing(forgottenAt: now + self.timings.closeLinger)
            return .waitForPoll
        case .closing, .closed:
            return .none
        }
    }

    /// The WebSocket went away, or nothing is to be said to the client any more.
    package mutating func end() {
        self.transport = .closed
        self.upgrade = .none
    }
}
