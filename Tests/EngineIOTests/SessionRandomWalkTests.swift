import EngineIO
import TestSupport
import Testing

/// Any input at any time, in thousands of steps, against `SessionModel`.
@Suite("Session state machine at random")
struct SessionRandomWalkTests {
    fileprivate struct Walk {
        var generator: SeededGenerator
        var machine: SessionStateMachine
        var model: SessionModel
        var now: Int64 = 0

        init(seed: Int) {
            var timings = SessionTimings()
            timings.pingInterval = 300
            timings.pingTimeout = 200
            timings.upgradeTimeout = 450
            timings.closeLinger = 400
            self.generator = SeededGenerator(seed: UInt64(seed))
            let isWebSocket = seed % 5 == 0
            self.machine = SessionStateMachine(isWebSocket: isWebSocket, timings: timings, now: 0)
            self.model = SessionModel(isWebSocket: isWebSocket)
        }
    }

    /// Of six walks one takes any step with the same odds; the others seldom take those that end a session, so that they get far.
    @Test("the invariants hold whatever comes", arguments: 0..<300)
    func walk(seed: Int) {
        var walk = Walk(seed: seed)
        let isTame = seed % 6 != 0
        for _ in 0..<1_000 {
            var step = walk.random(14)
            if isTame, step >= 10, walk.random(50) > 0 { step = walk.random(10) }
            walk.take(step)
            walk.check()
            if walk.model.phase == .closed, walk.random(20) == 0 { break }
        }
        walk.finish()
    }
}

extension SessionRandomWalkTests.Walk {
    mutating func random(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self.generator) }

    mutating func take(_ step: Int) {
        switch step {
        case 0: self.poll()
        case 1: self.queue()
        case 2: self.post()
        case 3:
            self.machine.postFinished()
            self.model.isPosting = false
        case 4: self.wait()
        case 5: self.receive(.pong)
        case 6: self.receive([.message, .noop, .open, .upgrade][self.random(4)])
        case 7: self.candidate()
        case 8: self.candidatePacket(.ping, isProbe: true)
        case 9: if self.random(4) == 0 { self.candidatePacket(.upgrade, isProbe: false) }
        case 10: self.candidatePacket([.message, .pong, .close, .noop, .open, .ping][self.random(6)], isProbe: false)
        case 11:
            self.machine.candidateLost()
            self.model.hasCandidate = false
        case 12: self.receive([.close, .ping][self.random(2)])
        default: self.leave()
        }
    }

    // MARK: - Polling

    private mutating func poll() {
        let hasQueuedPackets = self.random(3) == 0
        switch self.machine.pollArrived(hasQueuedPackets: hasQueuedPackets) {
        case .answer:
            #expect(hasQueuedPackets && !self.model.hasParkedPoll)
            #expect(self.model.phase == .polling || self.model.phase == .closing)
        case .park:
            #expect(!hasQueuedPackets && !self.model.hasParkedPoll, "never two waiting polls")
            #expect(self.model.phase == .polling)
            self.model.park()
        case .overlap:
            #expect(self.model.hasParkedPoll && self.model.phase == .polling)
            self.model.end()
        case .answerEnd:
            #expect(!hasQueuedPackets && self.model.phase == .closing)
            self.model.end()
        case .refuse:
            #expect(self.model.phase == .webSocket)
        case .unknown:
            #expect(self.model.phase == .closed)
        }
    }

    private mutating func queue() {
        let isTaken = self.machine.takeParkedPoll()
        #expect(isTaken == self.model.hasParkedPoll, "a waiting poll is answered, and only once")
        self.model.settle()
    }

    private mutating func post() {
        switch self.machine.postArrived() {
        case .accept:
            #expect(self.model.phase == .polling && !self.model.isPosting)
            self.model.isPosting = true
        case .overlap:
            #expect(self.model.phase == .polling && self.model.isPosting)
            self.model.end()
        case .refuse:
            #expect(self.model.phase == .webSocket)
        case .unknown:
            #expect(!self.model.isOpen)
        }
    }

    // MARK: - Packets

    private mutating func receive(_ packet: PacketType) {
        switch self.machine.received(packet, now: self.now) {
        case .none:
            #expect(packet != .message || !self.model.isOpen)
        case .message:
            #expect(packet == .message && self.model.isOpen, "nothing is delivered after the end")
        case .end(let reason):
            #expect(self.model.isOpen)
            #expect(packet == .close ? reason == .transportClose : packet == .ping && reason == .parseError)
            self.model.end()
        }
    }

    // MARK: - Upgrade

    private mutating func candidate() {
        switch self.machine.candidateArrived(now: self.now) {
        case .accept:
            #expect(self.model.phase == .polling && !self.model.hasCandidate, "candidates only while polling, one at a time")
            self.model.hasCandidate = true
        case .acceptAndClose:
            #expect(self.model.isOpen && (self.model.phase == .webSocket || self.model.hasCandidate))
        case .unknown:
            #expect(!self.model.isOpen)
        }
    }

    private mutating func candidatePacket(_ packet: PacketType, isProbe: Bool) {
        switch self.machine.candidateReceived(packet, isProbe: isProbe, now: self.now) {
        case .none:
            #expect(!self.model.hasCandidate)
        case .answerProbe:
            #expect(self.model.hasCandidate && packet == .ping && isProbe)
        case .complete(let isPollParked):
            #expect(self.model.hasCandidate && packet == .upgrade)
            #expect(isPollParked == self.model.hasParkedPoll)
            self.model.settle()
            self.model.phase = .webSocket
            self.model.isPosting = false
            self.model.hasCandidate = false
        case .drop:
            #expect(self.model.hasCandidate && packet != .upgrade && !isProbe)
            self.model.hasCandidate = false
        }
    }

    // MARK: - Time

    /// Up to the next deadline, beyond it, or not that far.
    private mutating func wait() {
        let deadline = self.machine.nextDeadline
        switch self.random(3) {
        case 0: self.now = max(self.now, deadline ?? self.now)
        case 1: self.now = max(self.now, (deadline ?? self.now) - 1)
        default: self.now += Int64(self.random(120))
        }
        let tick = self.machine.tick(now: self.now)
        if let deadline, self.now < deadline {
            #expect(tick == .init(), "nothing happens before the deadline that was told")
        }
        #expect(!tick.sendsPing || self.model.isOpen)
        if tick.answersPollWithNoop {
            #expect(self.model.hasParkedPoll && self.model.hasCandidate)
            self.model.settle()
        }
        if tick.dropsCandidate {
            #expect(self.model.hasCandidate)
            self.model.hasCandidate = false
        }
        if let reason = tick.ends {
            #expect(self.model.phase == .closing ? reason == .forcedClose : self.model.isOpen && reason == .pingTimeout)
            self.model.end()
        }
        if let next = self.machine.nextDeadline {
            #expect(next > self.now, "a tick leaves nothing that is due")
        }
    }

    // MARK: - The end

    private mutating func leave() {
        switch self.random(3) {
        case 0:
            let isLost = self.machine.parkedPollLost()
            #expect(isLost == self.model.hasParkedPoll)
            if isLost { self.model.end() }
        case 1:
            switch self.machine.close(now: self.now) {
            case .none:
                #expect(!self.model.isOpen)
            case .closeWebSocket:
                #expect(self.model.phase == .webSocket)
                self.model.end()
            case .answerParkedPoll:
                #expect(self.model.hasParkedPoll)
                self.model.end()
            case .waitForPoll:
                #expect(self.model.phase == .polling && !self.model.hasParkedPoll)
                self.model.phase = .closing
                self.model.isPosting = false
                self.model.hasCandidate = false
            }
        default:
            self.machine.end()
            self.model.end()
        }
    }

    mutating func check() {
        #expect(self.machine.isOpen == self.model.isOpen)
        #expect(self.machine.isOnWebSocket == (self.model.phase == .webSocket))
        #expect(self.machine.isUpgrading == self.model.hasCandidate)
        #expect((self.machine.nextDeadline == nil) == (self.model.phase == .closed))
        #expect(!self.model.hasCandidate || self.model.phase == .polling)
        #expect(self.model.ends <= 1)
    }

    /// Left alone, every session ends by itself, and every waiting poll has been answered.
    mutating func finish() {
        for _ in 0..<100 where self.model.phase != .closed {
            self.now = self.machine.nextDeadline ?? self.now
            let tick = self.machine.tick(now: self.now)
            if tick.answersPollWithNoop { self.model.settle() }
            if tick.dropsCandidate { self.model.hasCandidate = false }
            if tick.ends != nil { self.model.end() }
        }
        self.check()
        #expect(self.model.phase == .closed && self.model.ends == 1)
        #expect(self.model.parked == self.model.settled)
    }
}
