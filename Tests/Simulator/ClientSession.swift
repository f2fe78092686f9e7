import EngineIO

/// One Socket.IO client from its handshake to its end, over a WebSocket, long-polling, or first one and then the other, as the stock client
/// does it: one GET and one POST at a time, each on a connection of its own.
final class ClientSession: Actor {
    /// What a client has in mind to do later.
    enum Intention {
        case start, act, poll, resume
        /// Has been upgrading for too long, or has changed its mind.
        case abandonUpgrade
    }

    private enum Request {
        case subscribe(Subscription)
        /// Everything that was asked for before, for the same channel, and not left.
        case leave([Subscription])
    }

    let number: Int
    let record: SessionRecord
    unowned let world: World
    var generator: Generator
    private var intentions: [(time: UInt64, what: Intention)] = []
    private var eventNumber = 0

    var pollWire: Wire?
    var postWire: Wire?
    var webSocket: Wire?
    var candidate: Wire?
    /// The candidate has been told to take over as soon as no poll is under way.
    var isPausing = false
    /// As the server has given it.
    var sid: String?
    var identifier: SessionIdentifier? {
        self.sid.flatMap { SessionIdentifier(parsing: 0..<$0.utf8.count, of: $0.utf8.span) }
    }
    var isPolling = false
    var isPosting = false
    var postedAt: UInt64 = 0
    /// Packets for the next POST.
    var outgoing: [(packet: String, note: Int?)] = []
    private(set) var isConnected = false
    /// It knows of its end, or made it.
    private(set) var isOver = false
    var isVanished = false
    private(set) var isStalled = false
    /// Has stopped answering pings.
    var isMute = false
    private var requests: [Int: Request] = [:]
    private var lastRequest = 0

    init(number: Int, world: World) {
        self.number = number
        self.record = SessionRecord(number: number)
        self.world = world
        self.generator = Generator(seed: world.plan.seed, actor: number)
    }

    private func start() {
        self.trace("starts")
        if self.generator.happens(self.world.plan.polling) {
            // What waits for a poll can be cut without a sign before the next one.
            if !self.world.plan.sparesPolling { self.record.isDoubtful = true }
            let wire = self.connect()
            self.pollWire = wire
            wire.request(.handshake, ClientBytes.get("transport=polling"))
        } else {
            let wire = self.connect()
            self.webSocket = wire
            wire.request(.webSocket, ClientBytes.webSocket(""))
        }
    }

    /// The kernel gives a new connection to any loop.
    func connect() -> Wire {
        self.world.connect(loop: self.generator.below(self.world.plan.loops), owner: self)
    }

    func trace(_ what: StaticString, _ detail: Int = 0) {
        self.world.trace.note(self.number, what, detail)
    }

    // MARK: - Later

    func intend(_ what: Intention, in delay: UInt64) {
        let time = self.world.clock.now + delay
        self.intentions.append((time, what))
        self.eventNumber += 1
        self.world.schedule(.init(time: time, actor: self.number, number: self.eventNumber, action: .wake(self)))
    }

    func woken() {
        let now = self.world.clock.now
        let due = self.intentions.filter { $0.time <= now }
        self.intentions.removeAll { $0.time <= now }
        for intention in due where !self.isOver && !self.isVanished {
            switch intention.what {
            case .start: self.start()
            case .act: self.act()
            case .poll: self.poll()
            case .resume: self.resume()
            case .abandonUpgrade: self.abandonUpgrade()
            }
        }
    }

    func stall(for delay: UInt64) {
        self.trace("stalls", Int(delay / 1_000_000))
        self.isStalled = true
        // Long enough, and the server cuts it.
        self.record.isDoubtful = true
        for wire in self.wires { wire.isStalled = true }
        self.intend(.resume, in: delay)
    }

    func resume() {
        guard self.isStalled else { return }
        self.trace("reads on")
        self.isStalled = false
        for wire in self.wires { wire.isStalled = false }
        self.flush()
    }

    var wires: [Wire] { [self.pollWire, self.postWire, self.webSocket, self.candidate].compactMap { $0 } }

    // MARK: - Packets in

    func received(_ packet: ServerPacket, isWebSocket: Bool) {
        guard !self.isOver else { return }
        switch packet {
        case .open(let sid):
            self.trace("opened")
            self.sid = sid
            self.send("40")
            if !isWebSocket { self.poll() }
        case .connected:
            self.trace("connected")
            self.isConnected = true
            self.intend(.act, in: self.generator.milliseconds(self.world.plan.actMilliseconds))
        case .ping:
            self.trace("pinged")
            if !self.isMute { self.send("3") }
        case .acknowledgement(let id, let isRefusal):
            self.acknowledged(id, isRefusal: isRefusal)
        case .event(let message):
            self.trace("received", message)
            self.world.ledger.delivered(message, to: self.record)
        case .close:
            self.overByServer("told to close")
        case .noop: break
        case .probed, .strange:
            self.world.ledger.violated("session \(self.number) got a strange packet")
        }
    }

    // MARK: - Subscriptions

    func subscribe(_ channel: Int) {
        self.trace("subscribes", channel)
        self.request(.subscribe(self.world.ledger.makeSubscription(self.record, channel: channel)), "subscribe", channel)
    }

    func unsubscribe(_ channel: Int) {
        self.trace("unsubscribes", channel)
        let asked = self.record.subscriptions.filter { $0.channel == channel && !$0.isLeaveAsked }
        for subscription in asked { subscription.isLeaveAsked = true }
        self.request(.leave(asked), "unsubscribe", channel)
    }

    private func request(_ request: Request, _ verb: String, _ channel: Int) {
        self.lastRequest += 1
        self.requests[self.lastRequest] = request
        self.send("42\(self.lastRequest)[\"\(verb)\",\"c\(channel)\"]", note: self.lastRequest)
    }

    private func acknowledged(_ id: Int, isRefusal: Bool) {
        self.trace(isRefusal ? "refused" : "acknowledged", id)
        guard let request = self.requests.removeValue(forKey: id) else {
            return self.world.ledger.violated("session \(self.number) got the acknowledgement \(id) twice or unasked")
        }
        switch request {
        case .subscribe(let subscription):
            subscription.isHeard = !subscription.isVoid
        case .leave(let subscriptions):
            for subscription in subscriptions where !subscription.isVoid { self.world.ledger.left(subscription) }
        }
        if isRefusal, self.world.plan.maximumChannels >= self.world.plan.channels {
            self.world.ledger.violated("session \(self.number) was refused a channel")
        }
    }

    /// Everything that it asked for has been answered; a POST may be under way, with a pong.
    var isSettled: Bool {
        let isStuck = self.isPosting && self.world.clock.now - self.postedAt > 5_000_000_000
        return self.isConnected && self.requests.isEmpty && !isStuck
    }

    // MARK: - The end

    /// The server has ended it. One that stops owes what it has accepted to whoever reads; it tells him to go behind that, or lets go of it if
    /// he is not quick enough.
    /// - Parameter hasSeenClose: a WebSocket's close frame has been read.
    private func overByServer(_ why: StaticString, hasSeenClose: Bool = false) {
        let isOwed = self.webSocket.map { $0.closeCode == 1001 } ?? true
        let isServed = self.world.plan.isBrisk && !self.record.isDoubtful
        if self.world.isDraining, isOwed, hasSeenClose || isServed { self.world.ledger.checkUpToDate(self.record) }
        self.over(why)
    }

    func over(_ why: StaticString, isReset: Bool = false) {
        guard !self.isOver else { return }
        self.trace(why)
        self.isOver = true
        self.record.isDoubtful = true
        for wire in self.wires { wire.close(isReset: isReset) }
        self.world.ended(self)
    }

    func vanish() {
        self.trace("vanishes")
        self.isVanished = true
        self.record.isDoubtful = true
        for wire in self.wires { wire.vanish() }
        self.world.ended(self)
    }
}

extension ClientSession: WireOwner {
    func serverGot(_ notes: [Int], on wire: Wire) {
        for note in notes {
            switch self.requests[note] {
            case .subscribe(let subscription): self.world.ledger.subscribeArrived(subscription)
            case .leave(let subscriptions): for subscription in subscriptions { self.world.ledger.leaveArrived(subscription) }
            case nil: break
            }
        }
    }

    func serverWrote(_ item: Wire.Item, on wire: Wire) {
        switch item {
        case .packets(let packets), .answer(.poll, 200, let packets, _), .answer(.handshake, 200, let packets, _):
            for packet in packets {
                switch packet {
                case .acknowledgement(let id, let isRefusal): self.serverAcknowledged(id, isRefusal: isRefusal)
                case .close where wire !== self.candidate: self.serverEndedSession(unless: self.webSocket != nil && wire !== self.webSocket)
                default: break
                }
            }
        case .webSocketClose:
            if wire === self.webSocket { self.serverEndedSession() }
        case .answer(.poll, 400..., _, _), .answer(.post, 400..., _, _):
            self.record.isDoubtful = true
        default: break
        }
    }

    private func serverAcknowledged(_ id: Int, isRefusal: Bool) {
        switch self.requests[id] {
        case .subscribe(let subscription):
            self.world.ledger.subscribeAcknowledged(subscription, isRefusal: isRefusal)
        case .leave(let subscriptions): for subscription in subscriptions { subscription.isLeft = true }
        case nil: break
        }
    }

    /// - Parameter isDiscarded: it was said on a transport that has been replaced.
    private func serverEndedSession(unless isDiscarded: Bool = false) {
        if isDiscarded { return }
        self.record.isOver = true
    }

    func serverEnded(_ wire: Wire) {
        if wire === self.webSocket {
            self.serverEndedSession()
        } else if wire !== self.candidate, wire.hasOpenRequest {
            self.record.isDoubtful = true
        }
    }

    func received(_ item: Wire.Item, on wire: Wire) {
        switch item {
        case .packets(let packets):
            for packet in packets {
                if wire === self.candidate, packet == .probed {
                    self.probed()
                } else {
                    self.received(packet, isWebSocket: true)
                }
            }
        case .webSocketClose:
            wire.send(ClientBytes.frame(opcode: 8, []))
            if wire === self.webSocket { self.overByServer("closed by the server", hasSeenClose: true) } else { self.abandonUpgrade() }
        case .answer(let request, let status, let packets, _):
            self.answered(request, status: status, packets: packets, on: wire)
        case .other: break
        }
    }

    func ended(_ wire: Wire, isReset: Bool) {
        if wire === self.webSocket { return self.overByServer(isReset ? "reset by the server" : "ended by the server") }
        if wire === self.candidate { return self.abandonUpgrade() }
        if wire === self.pollWire {
            self.pollWire = nil
            if self.isPolling || self.sid == nil { self.over("lost its poll") }
        } else if wire === self.postWire {
            self.postWire = nil
            if self.isPosting { self.over("lost its post") }
        }
    }
}
