import Broadcast
import EngineIO
import HTTPEdge
import NIOCore
import Realtime

/// One run: the server's loops, the network, clients and publishers, on one thread and in virtual time. The seed decides everything that is
/// left open: which loop goes on next, how long a byte is under way, who does what.
final class World {
    /// The world's own number among the actors.
    static let number = 0

    private(set) var plan: Plan
    let clock: VirtualClock
    let loops: [SimulatedLoop]
    let node: SimulatedNode
    let ledger: Ledger
    let trace: Trace
    /// Faults happen, clients act and publishers publish.
    private(set) var isChaotic = true
    private(set) var isDraining = false
    private(set) var sessions: [ClientSession] = []
    private(set) var publishers: [Publisher] = []
    private(set) var wires: [Wire] = []
    private(set) var steps = 0
    private var generator: Generator
    private var events = EventQueue()
    private var lastActor = World.number
    private var lastEvent = 0
    /// Loops that are within a task, the outermost first: others run while they write.
    private var running: [Int] = []
    /// When each loop has done what it is at, and looks at its sockets, tasks and timers again.
    private var busyUntil: [UInt64]
    /// When the last loop that stood still goes on.
    private var lastStallEnd: UInt64 = 0
    private var sessionsToCome: Int

    init(_ plan: Plan, keepsTrace: Bool) {
        let clock = VirtualClock()
        // Not at zero: nothing may depend on it.
        clock.advance(to: 1_000_000_000)
        self.plan = plan
        self.clock = clock
        self.loops = (0..<plan.loops).map { SimulatedLoop(index: $0, clock: clock) }
        self.node = SimulatedNode(plan, loops: self.loops)
        self.ledger = Ledger(channels: plan.channels, clock: clock)
        self.trace = Trace(clock: clock, isKept: keepsTrace)
        self.generator = Generator(seed: plan.seed, actor: Self.number)
        self.busyUntil = Array(repeating: 0, count: plan.loops)
        self.sessionsToCome = plan.clients * 2
    }

    // MARK: - Actors

    private func nextNumber() -> Int {
        self.lastActor += 1
        return self.lastActor
    }

    func begin() {
        for _ in 0..<self.plan.clients { self.addSession(within: 0...300) }
        for _ in 0..<self.plan.publishers {
            let publisher = Publisher(number: self.nextNumber(), world: self)
            self.publishers.append(publisher)
            publisher.start()
        }
        if self.plan.loopStalls > 0 || self.plan.flaw == .losesWakeUp { self.stallLater() }
    }

    private func addSession(within milliseconds: ClosedRange<Int>) {
        let session = ClientSession(number: self.nextNumber(), world: self)
        self.sessions.append(session)
        session.intend(.start, in: self.generator.milliseconds(milliseconds))
    }

    /// A client has gone, whoever wanted it; most come back.
    func ended(_ session: ClientSession) {
        guard self.isChaotic, !self.isDraining, self.sessionsToCome > 0 else { return }
        self.sessionsToCome -= 1
        self.addSession(within: 0...500)
    }

    func connect(loop index: Int, owner: any WireOwner) -> Wire {
        let wire = Wire(number: self.nextNumber(), loop: self.loops[index], world: self, owner: owner)
        self.wires.append(wire)
        return wire
    }

    /// The server has answered a publish, in this moment.
    func answered(_ message: Int, status: Int, body: [UInt8]) {
        switch status {
        case 200:
            let digits = body.dropLast().reversed().prefix { (0x30...0x39).contains($0) }
            self.ledger.accepted(message, subscribers: digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) })
            if self.node.hub.pendingMessages > self.plan.pendingMessages {
                self.ledger.violated("\(self.node.hub.pendingMessages) messages are accepted and not fanned out")
            }
        case 408, 503: break
        default: self.ledger.violated("a publish was answered \(status)")
        }
    }

    /// The bytes that the server writes, with a planted flaw now and then: the last byte of a text, or of a string in it.
    func flawed(_ bytes: ByteBuffer) -> ByteBuffer {
        guard self.plan.flaw == .alters, self.ledger.messages.count % 5 == 4, bytes.readableBytes > 4 else { return bytes }
        guard bytes.readableBytesView.last == UInt8(ascii: "]") else { return bytes }
        var altered = bytes
        altered.setInteger(UInt8(ascii: "y"), at: altered.writerIndex - 4)
        return altered
    }

    // MARK: - Time

    func schedule(_ event: EventQueue.Event) {
        self.events.insert(event)
    }

    private func stallLater() {
        self.lastEvent += 1
        let time = self.clock.now + self.generator.milliseconds(1...300)
        self.schedule(.init(time: time, actor: Self.number, number: self.lastEvent, action: .stall))
    }

    /// Goes on until that time, or until something is wrong.
    func run(for milliseconds: Int) {
        let end = self.clock.now + UInt64(milliseconds) * 1_000_000
        while self.ledger.violations.isEmpty {
            let now = self.clock.now
            guard now < end else { return }
            let ready = self.readyLoops
            let hasEvent = self.events.first.map { $0.time <= now } ?? false
            guard !ready.isEmpty || hasEvent else {
                self.rest(until: end)
                continue
            }
            self.steps += 1
            self.step(ready, hasEvent: hasEvent)
            if self.node.hub.pendingMessages == 0 { self.ledger.noteDrained() }
            // Work takes time.
            self.clock.advance(to: now + 500)
        }
    }

    private var readyLoops: [SimulatedLoop] {
        let now = self.clock.now
        return self.loops.filter { loop in
            self.busyUntil[loop.index] <= now && (loop.hasTask || loop.nextDeadline ?? .max <= now) && !self.running.contains(loop.index)
        }
    }

    /// A loop writes: in that moment others get on with theirs, as on other processors, and what they have for the loop meets it half-way.
    func meanwhile(on loop: Int) {
        guard self.running.count < 3, self.generator.happens(self.plan.preemptions) else { return }
        self.running.append(loop)
        defer { self.running.removeLast() }
        var hasEvent = false
        if let event = self.events.first, event.time <= self.clock.now, case .arrival(let wire) = event.action {
            hasEvent = !self.running.contains(wire.loop.index)
        }
        let ready = self.readyLoops
        guard !ready.isEmpty || hasEvent else { return }
        self.steps += 1
        self.step(ready, hasEvent: hasEvent)
    }

    private func step(_ ready: [SimulatedLoop], hasEvent: Bool) {
        let choice = self.generator.below(ready.count + (hasEvent ? 1 : 0))
        guard choice < ready.count else { return self.happen() }
        let loop = ready[choice]
        let isTimerDue = loop.nextDeadline ?? .max <= self.clock.now
        if isTimerDue, !loop.hasTask || self.generator.below(2) == 0 { loop.runTimer() } else { loop.runTask() }
        self.keepBusy(loop.index, for: UInt64(self.generator.within(self.plan.workMicroseconds)) * 1_000)
    }

    private func keepBusy(_ loop: Int, for duration: UInt64) {
        self.busyUntil[loop] = max(self.busyUntil[loop], self.clock.now + duration)
    }

    /// Nothing can be done now.
    private func rest(until end: UInt64) {
        self.checkQueues()
        var next = self.events.first?.time ?? end
        for loop in self.loops {
            let time = loop.hasTask ? 0 : loop.nextDeadline ?? .max
            next = min(next, max(time, self.busyUntil[loop.index]))
        }
        self.clock.advance(to: max(min(next, end), self.clock.now + 1))
    }

    private func happen() {
        guard let event = self.events.popFirst() else { return }
        switch event.action {
        case .arrival(let wire) where self.isHeldUp(wire, event): break
        case .clientRead(let wire) where self.isHeldUp(wire, event): break
        case .userTimeout(let wire) where self.isHeldUp(wire, event): break
        case .arrival(let wire):
            wire.arrived()
            self.keepBusy(wire.loop.index, for: UInt64(self.generator.within(self.plan.workMicroseconds)) * 1_000)
        case .clientRead(let wire): wire.clientRead()
        case .userTimeout(let wire): wire.timedOut()
        case .wake(let actor): actor.woken()
        case .stall:
            guard self.isChaotic else { return }
            if self.generator.happens(self.plan.loopStalls) {
                let loop = self.generator.below(self.plan.loops)
                let duration = self.generator.milliseconds(1...150)
                self.keepBusy(loop, for: duration)
                self.lastStallEnd = max(self.lastStallEnd, self.clock.now + duration)
            }
            if self.plan.flaw == .losesWakeUp, self.generator.below(3) == 0 {
                self.loops[self.generator.below(self.plan.loops)].swallowNextTask()
            }
            self.stallLater()
        }
    }

    /// Its loop does not look at its sockets: later.
    private func isHeldUp(_ wire: Wire, _ event: EventQueue.Event) -> Bool {
        let time = self.busyUntil[wire.loop.index]
        guard time > self.clock.now else { return false }
        self.schedule(.init(time: time, actor: event.actor, number: event.number, action: event.action))
        return true
    }

    // MARK: - Phases

    /// Faults are off: who stood still reads on, the network is quick.
    func calmDown() {
        self.isChaotic = false
        self.plan.latencyMicroseconds = 0...min(self.plan.latencyMicroseconds.upperBound, 1_000)
        self.plan.readBytes = 100_000
        self.plan.workMicroseconds = 0...min(self.plan.workMicroseconds.upperBound, 20)
        for session in self.sessions where !session.isOver && !session.isVanished { session.resume() }
    }

    /// One message for each of some channels, to be heard by everybody who is there.
    func probe(from first: Int) {
        for (index, publisher) in self.publishers.enumerated() where first + index < self.plan.channels {
            publisher.publish(channel: first + index)
        }
    }

    /// So that sessions are on their way from loop to loop when the server stops.
    func upgradeAll() {
        for session in self.sessions where !session.isOver && !session.isVanished && self.generator.happens(self.plan.upgrades) {
            session.upgrade()
        }
        self.run(for: self.generator.within(0...(self.plan.latencyMicroseconds.upperBound * 6 / 1_000)))
    }

    func startDraining() {
        self.isDraining = true
        for (loop, context) in zip(self.loops, self.node.contexts) { loop.run { context.http.isDraining = true } }
    }

    /// Something is accepted and not fanned out, or a publish is still arriving.
    var hasUnfinishedPublishes: Bool {
        self.node.hub.pendingMessages > 0 || self.node.contexts.contains { $0.http.begunPublishes > 0 }
    }

    /// Some of the sessions of a loop are told to go, or all. The product takes them in the order of a dictionary, which is another one in every
    /// run; here the seed has chosen one, and the product's own walk finds only those that no client knows of yet.
    func tellToGo(on index: Int, share: Double) {
        let realtime = self.node.contexts[index].realtime
        let loop = self.loops[index]
        loop.run {
            let known = self.sessions.compactMap { $0.identifier.flatMap { realtime.session($0) } }
            for session in known.prefix(Int((Double(known.count) * share).rounded(.up))) { session.close(.serverShutdown) }
            if share == 1 { realtime.closeSome(share: 1) }
        }
    }

    func everybodyLeaves() {
        for session in self.sessions { session.leave() }
        for publisher in self.publishers { publisher.leave() }
    }

    /// What is left of tasks, timers and pipelines lets go of everything.
    func dispose() {
        self.events.removeAll()
        for wire in self.wires { wire.dispose() }
    }

    // MARK: - Checks

    /// Contract 7: what waits for a connection stays within its bounds, judged when nothing more can be done in this moment.
    private func checkQueues() {
        let now = self.clock.now
        // The bound is judged in a later turn than the write: every loop has to have had its turn.
        guard self.lastStallEnd + 500_000_000 <= now else { return }
        guard self.loops.allSatisfy({ !$0.hasTask && $0.nextDeadline ?? .max > now }) else { return }
        let notable = max(self.plan.waterMark.high, 4_096)
        for wire in self.wires where wire.waitingBytes > notable {
            if wire.waitingBytes > max(self.plan.queueBound, notable) {
                self.ledger.violated("\(wire.waitingBytes) bytes wait for connection \(wire.number)")
            }
            let age = (now - max(wire.latestProgress, wire.behindSince(now: now))) / 1_000_000
            if age > UInt64(self.plan.queueAge * 11 / 10) + 1_000 {
                self.ledger.violated("\(wire.waitingBytes) bytes have waited for connection \(wire.number) for \(age) ms")
            }
        }
    }
}

@available(*, unavailable) extension World: Sendable {}
