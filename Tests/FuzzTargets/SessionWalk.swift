import EngineIO

/// A session machine beside plain facts about the session (protocol.md 1.6 to 1.12), both told the same.
struct SessionWalk {
    private enum Phase { case polling, webSocket, closing, closed }

    private var input: FuzzInput
    private var machine: SessionStateMachine
    private var now: Int64 = 0
    private var phase: Phase
    private var hasParkedPoll = false
    private var isPosting = false
    private var hasCandidate = false
    /// From a ping on.
    private var pongDeadline: Int64?
    private let timings: SessionTimings

    init(_ input: [UInt8]) {
        self.input = FuzzInput(input)
        var timings = SessionTimings()
        timings.pingInterval = 300
        timings.pingTimeout = 200
        timings.upgradeTimeout = 450
        timings.silentTimeout = 1_000
        timings.closeLinger = 400
        self.timings = timings
        let isWebSocket = self.input.byte() & 1 == 1
        self.machine = SessionStateMachine(isWebSocket: isWebSocket, timings: timings, now: 0)
        self.phase = isWebSocket ? .webSocket : .polling
    }

    var isOver: Bool { self.input.isAtEnd }
    private var isOpen: Bool { self.phase == .polling || self.phase == .webSocket }

    mutating func step() throws(Fault) {
        let packets: [PacketType] = [.open, .close, .ping, .pong, .message, .upgrade, .noop]
        switch self.input.choice(16) {
        case 0: try self.poll(hasQueuedPackets: false)
        case 1: try self.poll(hasQueuedPackets: true)
        case 2:
            try self.same(self.machine.takeParkedPoll(), self.hasParkedPoll, "a waiting poll is answered")
            self.hasParkedPoll = false
        case 3: try self.post()
        case 4:
            self.machine.postFinished()
            self.isPosting = false
        case 5, 6: try self.receive(packets[self.input.choice(packets.count)])
        case 7: try self.candidate()
        case 8: try self.candidatePacket(.ping, isProbe: true)
        case 9: try self.candidatePacket(packets[self.input.choice(packets.count)], isProbe: false)
        case 10:
            self.machine.candidateLost()
            self.hasCandidate = false
        case 11: try self.wait(until: self.now + Int64(self.input.byte()) * 4)
        case 12: try self.wait(until: max(self.now, self.machine.nextDeadline ?? self.now))
        case 13:
            try self.same(self.machine.parkedPollLost(), self.hasParkedPoll, "a waiting poll is lost")
            if self.hasParkedPoll { self.end() }
        case 14: try self.close()
        default:
            self.machine.end()
            self.end()
        }
    }

    func compare() throws(Fault) {
        try self.same(self.machine.isOpen, self.isOpen, "isOpen")
        try self.same(self.machine.isOnWebSocket, self.phase == .webSocket, "isOnWebSocket")
        try self.same(self.machine.isUpgrading, self.hasCandidate, "isUpgrading")
        try self.same(self.machine.nextDeadline == nil, self.phase == .closed, "a deadline")
        try Fault.unless(!self.hasCandidate || self.phase == .polling, "a candidate in \(self.phase)")
    }

    /// Left alone, the session ends by itself, soon.
    mutating func finish() throws(Fault) {
        let limit = self.now + 3_000
        var ticks = 0
        while let deadline = self.machine.nextDeadline {
            ticks += 1
            try Fault.unless(ticks < 100 && deadline <= limit, "the session does not end")
            try self.wait(until: max(self.now, deadline))
            try self.compare()
        }
        try Fault.unless(self.phase == .closed, "the machine has ended in \(self.phase)")
    }

    // MARK: - Steps

    private mutating func poll(hasQueuedPackets: Bool) throws(Fault) {
        let expected: SessionStateMachine.PollAction =
            switch self.phase {
            case .polling: self.hasParkedPoll ? .overlap : hasQueuedPackets ? .answer : .park
            case .closing: hasQueuedPackets ? .answer : .answerEnd
            case .webSocket: .refuse
            case .closed: .unknown
            }
        try self.same(self.machine.pollArrived(hasQueuedPackets: hasQueuedPackets), expected, "a poll")
        switch expected {
        case .park: self.hasParkedPoll = true
        case .overlap, .answerEnd: self.end()
        case .answer, .refuse, .unknown: break
        }
    }

    private mutating func post() throws(Fault) {
        let expected: SessionStateMachine.PostAction =
            switch self.phase {
            case .polling: self.isPosting ? .overlap : .accept
            case .webSocket: .refuse
            case .closing, .closed: .unknown
            }
        try self.same(self.machine.postArrived(), expected, "a POST")
        if expected == .accept { self.isPosting = true }
        if expected == .overlap { self.end() }
    }

    private mutating func receive(_ packet: PacketType) throws(Fault) {
        let action = self.machine.received(packet, now: self.now)
        guard self.isOpen else { return try self.same(action, .none, "a packet behind the end") }
        switch packet {
        case .message: try self.same(action, .message, "a message")
        case .close:
            try self.same(action, .end(.transportClose), "a close packet")
            self.end()
        case .ping:
            try self.same(action, .end(.parseError), "a client's ping")
            self.end()
        case .pong:
            try self.same(action, .none, "a pong")
            self.pongDeadline = nil
        case .open, .upgrade, .noop: try self.same(action, .none, "a packet")
        }
    }

    private mutating func candidate() throws(Fault) {
        let expected: SessionStateMachine.CandidateAction =
            !self.isOpen ? .unknown : self.phase == .polling && !self.hasCandidate ? .accept : .acceptAndClose
        try self.same(self.machine.candidateArrived(now: self.now), expected, "a candidate")
        if expected == .accept { self.hasCandidate = true }
    }

    private mutating func candidatePacket(_ packet: PacketType, isProbe: Bool) throws(Fault) {
        let action = self.machine.candidateReceived(packet, isProbe: isProbe, now: self.now)
        guard self.hasCandidate else { return try self.same(action, .none, "a packet without a candidate") }
        switch packet {
        case .ping where isProbe: try self.same(action, .answerProbe, "a probe")
        case .upgrade:
            try self.same(action, .complete(isPollParked: self.hasParkedPoll), "an upgrade packet")
            self.phase = .webSocket
            self.hasParkedPoll = false
            self.isPosting = false
            self.hasCandidate = false
            self.pongDeadline = nil
        default:
            try self.same(action, .drop, "a wrong packet of a candidate")
            self.hasCandidate = false
        }
    }

    private mutating func wait(until time: Int64) throws(Fault) {
        let deadline = self.machine.nextDeadline
        self.now = time
        let tick = self.machine.tick(now: time)
        if deadline.map({ time < $0 }) ?? true { try self.same(tick, .init(), "a tick before the deadline") }
        if tick.sendsPing {
            try Fault.unless(self.isOpen && self.pongDeadline == nil, "a ping in \(self.phase)")
            self.pongDeadline = time + self.timings.pingTimeout
        }
        try Fault.unless(!tick.answersPollWithNoop || (self.hasParkedPoll && self.hasCandidate), "a noop for no poll")
        try Fault.unless(!tick.dropsCandidate || self.hasCandidate, "a candidate is dropped that is not there")
        if tick.answersPollWithNoop { self.hasParkedPoll = false }
        if tick.dropsCandidate { self.hasCandidate = false }
        if tick.ends == .pingTimeout { try Fault.unless(self.pongDeadline.map { $0 <= time } == true, "an early end") }
        if tick.ends != nil { self.end() }
        if let next = self.machine.nextDeadline { try Fault.unless(next > time, "a tick leaves something that is due") }
    }

    private mutating func close() throws(Fault) {
        let action = self.machine.close(now: self.now)
        switch self.phase {
        case .webSocket:
            try self.same(action, .closeWebSocket, "closing a WebSocket")
            self.end()
        case .polling where self.hasParkedPoll:
            try self.same(action, .answerParkedPoll, "closing with a poll")
            self.end()
        case .polling:
            try self.same(action, .waitForPoll, "closing without a poll")
            self.phase = .closing
            self.isPosting = false
            self.hasCandidate = false
        case .closing, .closed: try self.same(action, .none, "closing again")
        }
    }

    private mutating func end() {
        self.phase = .closed
        self.hasParkedPoll = false
        self.isPosting = false
        self.hasCandidate = false
    }

    private func same<Value: Equatable>(_ found: Value, _ expected: Value, _ what: StaticString) throws(Fault) {
        try Fault.unless(found == expected, "\(what) in \(self.phase): \(found), not \(expected)")
    }
}
