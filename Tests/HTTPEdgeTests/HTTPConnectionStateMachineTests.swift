@testable import HTTPEdge
import TestSupport
import Testing

/// Traces. Times are milliseconds.
@Suite("HTTP connection state machine")
struct HTTPConnectionStateMachineTests {
    private func machine() -> HTTPConnectionStateMachine { HTTPConnectionStateMachine(limits: HTTPLimits(), now: 0) }

    private let plain = RequestShape()
    private let coming = RequestShape(body: .coming)

    @Test("a request without a body, answered in its head, and the next")
    func answeredAtOnce() {
        var machine = self.machine()
        #expect(machine.deadline == 10_000)
        machine.receivedHeadBytes(now: 5)
        #expect(machine.deadline == 10_005)
        machine.receivedHeadBytes(now: 900)
        #expect(machine.deadline == 10_005)
        let first = machine.receivedHead(self.plain, now: 10)
        #expect(first == 1 && machine.deadline == nil && machine.appetite == .body)
        let answer = machine.answer(1, closes: false, now: 11)
        #expect(answer == .write(.implied))
        let judged = machine.judged(1, .answered)
        #expect(judged == .none)
        let end = machine.receivedEnd(now: 12)
        #expect(end == .none && machine.appetite == .head && machine.deadline == 75_012)
        let second = machine.receivedHead(self.plain, now: 20)
        #expect(second == 2)
    }

    @Test("a body is gathered, delivered and answered later")
    func collected() {
        var machine = self.machine()
        _ = machine.receivedHead(self.coming, now: 0)
        #expect(machine.deadline == 30_000)
        let judged = machine.judged(1, .collect(byteCount: 9, limit: 10))
        let body = machine.receivedBody(9)
        #expect(judged == .none && body == .collect)
        let end = machine.receivedEnd(now: 50)
        #expect(end == .deliverBody && machine.deadline == nil && machine.appetite == .nothing)
        #expect(machine.awaitsAnswer(1) && !machine.awaitsAnswer(2))
        let wrong = machine.answer(2, closes: false, now: 60)
        let right = machine.answer(1, closes: false, now: 60)
        let again = machine.answer(1, closes: false, now: 60)
        #expect(wrong == .ignore && right == .write(.implied) && again == .ignore)
        #expect(machine.deadline == 75_060)
    }

    @Test("continue is sent for a body that waits for it, too large is told, an answer that was promised is missed")
    func judged() {
        var waits = self.machine()
        _ = waits.receivedHead(RequestShape(expectsContinue: true, body: .coming), now: 0)
        let sends = waits.judged(1, .collect(byteCount: 5, limit: 10))
        #expect(sends == .sendContinue)
        var large = self.machine()
        _ = large.receivedHead(RequestShape(expectsContinue: true, body: .coming), now: 0)
        let tells = large.judged(1, .collect(byteCount: 11, limit: 10))
        #expect(tells == .tellTooLarge && large.awaitsAnswer(1))
        var here = self.machine()
        _ = here.receivedHead(RequestShape(expectsContinue: true, body: .arrived), now: 0)
        let silent = here.judged(1, .collect(byteCount: 5, limit: 10))
        #expect(silent == .none)
        var forgotten = self.machine()
        _ = forgotten.receivedHead(self.plain, now: 0)
        let missed = forgotten.judged(1, .answered)
        #expect(missed == .answerForEndpoint)
    }

    @Test(
        "who keeps the connection",
        arguments: [
            (RequestShape(), false, .implied), (RequestShape(isHTTP11: false), false, .keepAlive), (RequestShape(), true, .close),
            (RequestShape(isKeepAlive: false), false, .close), (RequestShape(stopsDecoder: true), false, .close),
            (RequestShape(body: .arrived), false, .implied), (RequestShape(body: .coming), false, .close),
        ] as [(RequestShape, Bool, ResponseHead.Persistence)])
    func persistence(shape: RequestShape, closes: Bool, expected: ResponseHead.Persistence) {
        var machine = self.machine()
        _ = machine.receivedHead(shape, now: 0)
        let answer = machine.answer(1, closes: closes, now: 0)
        #expect(answer == .write(expected))
        #expect(machine.appetite == (expected == .close ? .drop : .body))
    }

    @Test("the end: FIN, linger, close")
    func lingering() {
        var machine = self.machine()
        _ = machine.receivedHead(self.coming, now: 0)
        _ = machine.answer(1, closes: false, now: 100)
        #expect(machine.deadline == 30_100)
        let early = machine.dropped(1_000_000)
        machine.outputClosed(now: 200)
        #expect(!early && machine.deadline == 1_200)
        let within = machine.dropped(48_576)
        let beyond = machine.dropped(1)
        #expect(!within && beyond)
        let waits = machine.deadlineReached(now: 1_199)
        let over = machine.deadlineReached(now: 1_200)
        #expect(waits == .none && over == .close(.linger))
        let refused = machine.receivedHead(self.plain, now: 300)
        let failed = machine.failed(now: 300)
        #expect(refused == nil && failed == .none)
    }

    @Test("upgrade waits for the request's end, happens once, and silences everything")
    func upgrade() {
        var machine = self.machine()
        _ = machine.receivedHead(RequestShape(stopsDecoder: true), now: 0)
        let waits = machine.upgrade(1)
        let twice = machine.upgrade(1)
        let answer = machine.answer(1, closes: false, now: 0)
        #expect(waits == .wait && twice == .ignore && answer == .ignore)
        let end = machine.receivedEnd(now: 1)
        #expect(end == .upgrade)
        machine.upgraded()
        let isAbandoned = machine.closed()
        #expect(machine.deadline == nil && !isAbandoned)

        var parked = self.machine()
        _ = parked.receivedHead(RequestShape(stopsDecoder: true), now: 0)
        _ = parked.judged(1, .parked)
        _ = parked.receivedEnd(now: 1)
        let now = parked.upgrade(1)
        #expect(now == .perform)

        var unasked = self.machine()
        _ = unasked.receivedHead(self.plain, now: 0)
        let refused = unasked.upgrade(1)
        #expect(refused == .refuse && unasked.awaitsAnswer(1))
    }

    @Test("who is told of an exchange that nobody can answer any more")
    func abandoned() {
        var judging = self.machine()
        _ = judging.receivedHead(self.coming, now: 0)
        var collecting = judging
        _ = collecting.judged(1, .collect(byteCount: 1, limit: 2))
        var delivered = collecting
        _ = delivered.receivedEnd(now: 0)
        var parked = judging
        _ = parked.judged(1, .parked)
        var failing = parked
        var late = parked
        let told = [collecting.closed(), delivered.closed(), parked.closed()]
        #expect(told == [true, true, true])
        let failure = failing.failed(now: 0)
        let timeout = late.deadlineReached(now: 30_000)
        #expect(failure == .answer(abandons: true) && timeout == .timeOut(.body, abandons: true))
    }

    @Test("a body that nobody wants is read up to a bound, and chunks of framing up to another")
    func unwanted() {
        var machine = self.machine()
        _ = machine.receivedHead(self.coming, now: 0)
        _ = machine.judged(1, .parked)
        let some = machine.receivedBody(1_048_576)
        let more = machine.receivedBody(1)
        #expect(some == .drop && more == .fail)
        let framing = machine.receivedChunks(1_000_010, payload: 10)
        let excess = machine.receivedChunks(1, payload: 0)
        #expect(framing == .drop && excess == .fail)
    }

    @Test("an unwritable connection takes no new request and has a deadline")
    func unwritable() {
        var machine = self.machine()
        _ = machine.receivedHead(self.plain, now: 0)
        _ = machine.answer(1, closes: false, now: 0)
        _ = machine.receivedEnd(now: 0)
        machine.writabilityChanged(false, now: 10)
        #expect(machine.appetite == .nothing && machine.deadline == 30_010)
        machine.writabilityChanged(true, now: 20)
        #expect(machine.appetite == .head && machine.deadline == 75_000)
        machine.writabilityChanged(false, now: 30)
        let over = machine.deadlineReached(now: 30_030)
        #expect(over == .close(.write))
    }

    @Test("a random walk never answers twice, never leaves an exchange unanswered, never serves after the end")
    func randomWalk() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            var machine = self.machine()
            var open: UInt64?
            var hasFinished = false
            for now in 0..<Int64(60) {
                switch Int.random(in: 0..<9, using: &generator) {
                case 0, 1, 2:
                    let bodies: [RequestShape.Body] = [.none, .arrived, .coming]
                    let shape = RequestShape(body: bodies.randomElement(using: &generator) ?? .none)
                    if machine.appetite == .head, let serial = machine.receivedHead(shape, now: now) {
                        #expect(open == nil && !hasFinished)
                        open = serial
                        let verdicts: [HTTPConnectionStateMachine.HeadVerdict] = [.parked, .collect(byteCount: 1, limit: 1)]
                        _ = machine.judged(serial, verdicts.randomElement(using: &generator) ?? .parked)
                    }
                case 3: _ = machine.receivedEnd(now: now)
                case 4: _ = machine.receivedBody(1)
                case 5, 6:
                    let action = machine.answer(machine.lastSerial, closes: Bool.random(using: &generator), now: now)
                    if case .write(let persistence) = action {
                        #expect(open == machine.lastSerial && !hasFinished)
                        open = nil
                        hasFinished = persistence == .close
                    }
                case 7:
                    switch machine.failed(now: now) {
                    case .none: #expect(hasFinished)
                    case .answer, .finish:
                        #expect(!hasFinished)
                        hasFinished = true
                        open = nil
                    }
                default: machine.writabilityChanged(Bool.random(using: &generator), now: now)
                }
                #expect((open != nil) == machine.awaitsAnswer(machine.lastSerial))
            }
        }
    }
}
