import EngineIO
import Testing

/// Traces of protocol.md 1.6–1.12. Times are milliseconds.
@Suite("Session state machine")
struct SessionStateMachineTests {
    static let timings: SessionTimings = {
        var timings = SessionTimings()
        timings.pingInterval = 300
        timings.pingTimeout = 200
        return timings
    }()

    private func polling() -> SessionStateMachine {
        SessionStateMachine(isWebSocket: false, timings: Self.timings, now: 0)
    }

    private func webSocket() -> SessionStateMachine {
        SessionStateMachine(isWebSocket: true, timings: Self.timings, now: 0)
    }

    // MARK: - Polls

    @Test("a poll is answered with what is queued, and waits when nothing is")
    func poll() {
        var machine = self.polling()
        #expect(machine.pollArrived(hasQueuedPackets: true) == .answer)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
        let first = machine.takeParkedPoll(), second = machine.takeParkedPoll()
        #expect(first)
        #expect(!second, "answered once")
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
    }

    @Test("a second poll while one waits ends the session")
    func overlappingPolls() {
        var machine = self.polling()
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .overlap)
        #expect(!machine.isOpen)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .unknown)
        #expect(machine.nextDeadline == nil)
    }

    @Test("a waiting poll whose connection goes away ends the session")
    func abortedPoll() {
        var machine = self.polling()
        let before = machine.parkedPollLost()
        #expect(!before)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
        let after = machine.parkedPollLost()
        #expect(after)
        #expect(machine.postArrived() == .unknown)
    }

    @Test("two POSTs at once end the session, one after the other do not")
    func posts() {
        var machine = self.polling()
        #expect(machine.postArrived() == .accept)
        machine.postFinished()
        #expect(machine.postArrived() == .accept)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park, "a poll may wait beside a POST")
        #expect(machine.postArrived() == .overlap)
        #expect(!machine.isOpen)
    }

    // MARK: - Packets

    @Test(
        "what each packet of a client does",
        arguments: [
            (PacketType.message, SessionStateMachine.PacketAction.message), (.pong, .none), (.noop, .none), (.open, .none),
            (.upgrade, .none),
            (.close, .end(.transportClose)), (.ping, .end(.parseError)),
        ])
    func packets(packet: PacketType, expected: SessionStateMachine.PacketAction) {
        for var machine in [self.polling(), self.webSocket()] {
            #expect(machine.received(packet, now: 1) == expected)
            if case .end = expected {
                #expect(!machine.isOpen)
                #expect(machine.received(.message, now: 2) == .none, "nothing is delivered after the end")
            } else {
                #expect(machine.isOpen)
            }
        }
    }

    // MARK: - Heartbeat

    @Test("a ping every interval counted from the pong, the end without one")
    func heartbeat() {
        var machine = self.webSocket()
        #expect(machine.nextDeadline == 300)
        #expect(machine.tick(now: 299) == .init())
        #expect(machine.tick(now: 305).sendsPing)
        #expect(machine.nextDeadline == 505)
        #expect(machine.received(.pong, now: 400) == .none)
        #expect(machine.nextDeadline == 700)
        #expect(machine.tick(now: 505) == .init())
        #expect(machine.tick(now: 700).sendsPing)
        #expect(machine.received(.message, now: 800) == .message, "only a pong counts")
        #expect(machine.tick(now: 900).ends == .pingTimeout)
        #expect(!machine.isOpen)
        #expect(machine.tick(now: 2000) == .init())
    }

    // MARK: - Upgrade

    @Test("probe, tick, upgrade")
    func upgrade() {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.candidateReceived(.ping, isProbe: true, now: 5) == .answerProbe)
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
        #expect(machine.nextDeadline == 100)
        #expect(machine.tick(now: 100).answersPollWithNoop)
        #expect(!machine.tick(now: 200).answersPollWithNoop, "no poll waits")
        #expect(machine.pollArrived(hasQueuedPackets: false) == .park)
        #expect(machine.tick(now: 299) == .init(), "the tick is not due")
        #expect(machine.candidateReceived(.upgrade, isProbe: false, now: 299) == .complete(isPollParked: true))
        #expect(machine.isOnWebSocket)
        #expect(machine.pollArrived(hasQueuedPackets: true) == .refuse)
        #expect(machine.postArrived() == .refuse)
        #expect(machine.candidateArrived(now: 300) == .acceptAndClose)
        #expect(machine.isOpen)
    }

    @Test("an upgrade without a probe completes")
    func upgradeWithoutProbe() {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.candidateReceived(.upgrade, isProbe: false, now: 1) == .complete(isPollParked: false))
    }

    @Test("anything else on the candidate drops it alone", arguments: [PacketType.message, .pong, .close, .noop, .open])
    func candidateNonsense(packet: PacketType) {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.candidateReceived(packet, isProbe: false, now: 1) == .drop)
        #expect(machine.isOpen && !machine.isUpgrading)
        #expect(machine.candidateReceived(.upgrade, isProbe: false, now: 2) == .none, "the dropped one counts no more")
        #expect(machine.candidateArrived(now: 3) == .accept)
    }

    @Test("a ping that is no probe drops the candidate")
    func candidatePing() {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.candidateReceived(.ping, isProbe: false, now: 1) == .drop)
    }

    @Test("a second candidate while one is under way is accepted and closed")
    func secondCandidate() {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.candidateArrived(now: 1) == .acceptAndClose)
        machine.candidateLost()
        #expect(machine.candidateArrived(now: 2) == .accept)
    }

    @Test("a candidate that never finishes is dropped in time, polling goes on")
    func candidateTimeout() {
        var timings = Self.timings
        timings.pingInterval = 100_000
        var machine = SessionStateMachine(isWebSocket: false, timings: timings, now: 0)
        #expect(machine.candidateArrived(now: 0) == .accept)
        for time in stride(from: Int64(100), to: 10_000, by: 100) { #expect(!machine.tick(now: time).dropsCandidate) }
        #expect(machine.tick(now: 10_000).dropsCandidate)
        #expect(machine.isOpen && !machine.isUpgrading)
        #expect(machine.nextDeadline == 100_000)
    }

    @Test("a pong lost between the transports does not end the session")
    func upgradeForgivesPong() {
        var machine = self.polling()
        #expect(machine.tick(now: 300).sendsPing)
        #expect(machine.candidateArrived(now: 310) == .accept)
        #expect(machine.candidateReceived(.upgrade, isProbe: false, now: 320) == .complete(isPollParked: false))
        #expect(machine.nextDeadline == 620)
    }

    @Test("the end of the session drops the candidate")
    func timeoutWhileUpgrading() {
        var machine = self.polling()
        #expect(machine.candidateArrived(now: 0) == .accept)
        #expect(machine.tick(now: 300).sendsPing)
        let tick = machine.tick(now: 500)
        #expect(tick.ends == .pingTimeout && tick.dropsCandidate)
    }

    // MARK: - Closing

    @Test("closing answers a waiting poll at once, else waits for the next ones")
    func closing() {
        var waiting = self.polling()
        #expect(waiting.pollArrived(hasQueuedPackets: false) == .park)
        #expect(waiting.close(now: 10) == .answerParkedPoll)
        #expect(waiting.pollArrived(hasQueuedPackets: false) == .unknown)

        var absent = self.polling()
        #expect(absent.close(now: 10) == .waitForPoll)
        #expect(!absent.isOpen)
        #expect(absent.postArrived() == .unknown)
        #expect(absent.pollArrived(hasQueuedPackets: true) == .answer)
        #expect(absent.pollArrived(hasQueuedPackets: false) == .answerEnd)
        #expect(absent.pollArrived(hasQueuedPackets: false) == .unknown)

        var socket = self.webSocket()
        #expect(socket.close(now: 10) == .closeWebSocket)
        #expect(socket.close(now: 11) == .none)
    }

    @Test("a closed session that nobody fetches is forgotten after 30 s")
    func closingTimeout() {
        var machine = self.polling()
        #expect(machine.close(now: 10) == .waitForPoll)
        #expect(machine.nextDeadline == 30_010)
        #expect(machine.tick(now: 30_009) == .init())
        #expect(machine.tick(now: 30_010).ends == .forcedClose)
        #expect(machine.nextDeadline == nil)
    }
}
