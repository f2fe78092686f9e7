/// A backend that publishes one message after the other over a connection that it keeps.
final class Publisher: Actor, WireOwner {
    let number: Int
    private unowned let world: World
    private var generator: Generator
    private var wire: Wire?
    private var eventNumber = 0
    /// Its message under way.
    private(set) var pending: Int?
    private(set) var refused = 0

    init(number: Int, world: World) {
        self.number = number
        self.world = world
        self.generator = Generator(seed: world.plan.seed, actor: number)
    }

    func start() {
        self.wakeLater()
    }

    private func wakeLater() {
        self.eventNumber += 1
        let time = self.world.clock.now + self.generator.milliseconds(self.world.plan.publishMilliseconds) + 1_000
        self.world.schedule(.init(time: time, actor: self.number, number: self.eventNumber, action: .wake(self)))
    }

    func woken() {
        guard self.world.isChaotic, self.pending == nil, self.world.ledger.messages.count < self.world.plan.messages else { return }
        self.publish(channel: self.generator.below(self.world.plan.channels))
    }

    func publish(channel: Int) {
        let message = self.world.ledger.makeMessage(channel: channel, padding: self.generator.within(self.world.plan.paddingBytes))
        let wire = self.wire ?? self.world.connect(loop: self.generator.below(self.world.plan.loops), owner: self)
        self.wire = wire
        self.pending = message
        self.world.trace.note(self.number, "publishes", message)
        let fields = self.generator.below(2) == 0 ? "Prefer: return=minimal\r\n" : ""
        wire.request(
            .publish(message),
            ClientBytes.post(
                "/broadcast/c\(channel)/e", self.world.ledger.messages[message].body, type: "application/json", fields: fields))
        if self.world.isChaotic, self.generator.happens(self.world.plan.lostPublishes) {
            // Whether it was accepted, this one will never know.
            wire.close(isReset: true)
            self.wire = nil
            self.pending = nil
            self.wakeLater()
        }
    }

    /// Its own connection goes.
    func leave() {
        self.wire?.close()
        self.wire = nil
    }

    func serverGot(_ notes: [Int], on wire: Wire) {}
    func serverEnded(_ wire: Wire) {}

    func serverWrote(_ item: Wire.Item, on wire: Wire) {
        guard case .answer(.publish(let message), let status, _, let body) = item else { return }
        self.world.answered(message, status: status, body: body)
    }

    func received(_ item: Wire.Item, on wire: Wire) {
        guard case .answer(.publish(let message), let status, _, _) = item, message == self.pending else { return }
        self.world.trace.note(self.number, "was answered", status)
        if status == 503 { self.refused += 1 }
        self.pending = nil
        self.wakeLater()
    }

    func ended(_ wire: Wire, isReset: Bool) {
        guard wire === self.wire else { return }
        self.wire = nil
        if self.pending != nil {
            self.pending = nil
            self.wakeLater()
        }
    }
}
