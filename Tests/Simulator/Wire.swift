import NIOCore

/// One TCP connection: the server's simulated channel at one end, a client or publisher at the other, latency between. What the server writes
/// is taken apart at once, and handed to the client when it has read so far.
final class Wire: SocketPeer {
    /// What a request on it was for; answers come in the same order.
    enum Request {
        case handshake, poll, post, webSocket, other
        case publish(Int)
    }

    enum Item {
        case answer(Request, status: Int, packets: [ServerPacket], body: [UInt8])
        case packets([ServerPacket])
        case webSocketClose
        case other

        var isAnswer: Bool {
            if case .answer = self { true } else { false }
        }
    }

    private enum Arrival {
        case bytes([UInt8], notes: [Int])
        case end(isReset: Bool)
    }

    let number: Int
    let loop: SimulatedLoop
    private unowned let world: World
    private let channel: SimulatedChannel
    private let socket: SimulatedSocket
    private(set) weak var owner: (any WireOwner)?
    private var generator: Generator
    private var lastEvent = 0

    private var stream = ServerStream()
    private var requests = CircularBuffer<Request>()
    private var items = CircularBuffer<(end: Int, item: Item)>()
    private var parsedBytes = 0
    private var sentBytes = 0
    private var readBytes = 0
    private var end: Bool?
    /// On their way to the server, in order.
    private var inFlight = CircularBuffer<Arrival>()
    private var latestArrival: UInt64 = 0
    private var isReadScheduled = false
    private var isGivenUp = false
    private(set) var isClosed = false
    private(set) var isVanished = false
    /// When bytes last left the channel; for the checks.
    private(set) var latestProgress: UInt64 = 0
    private var latestLookBehind: (progress: UInt64, since: UInt64)?
    /// Why the server has said that the WebSocket ends (RFC 6455 7.4); 1005 if it gave no code.
    private(set) var closeCode: Int?

    init(number: Int, loop: SimulatedLoop, world: World, owner: any WireOwner) {
        let plan = world.plan
        self.number = number
        self.loop = loop
        self.world = world
        self.owner = owner
        (self.channel, self.socket) = loop.run {
            let channel = SimulatedChannel(eventLoop: loop, kernelBytes: plan.kernelBytes, waterMark: plan.waterMark)
            return (channel, channel.core)
        }
        self.generator = Generator(seed: plan.seed, actor: number)
        self.socket.peer = self
        loop.run {
            // A server that stops accepts nobody: to the client it is as if it were gone.
            if world.isDraining { return self.socket.refuse() }
            world.node.accept(self.channel, on: loop.index)
            self.socket.activate(self.channel.pipeline)
        }
    }

    func dispose() { self.channel.dispose() }

    // MARK: - The client's side

    /// The client does not read.
    var isStalled = false {
        didSet {
            if !self.isStalled { self.scheduleRead() }
        }
    }

    /// Whether the server still waits for an answer to be asked for, or the client for an answer.
    var hasOpenRequest: Bool {
        !self.requests.isEmpty || self.items.contains { $0.item.isAnswer }
    }

    func request(_ request: Request, _ bytes: [UInt8], notes: [Int] = []) {
        self.requests.append(request)
        self.send(bytes, notes: notes)
    }

    /// - Parameter notes: told to the owner when the last byte has reached the server.
    func send(_ bytes: [UInt8], notes: [Int] = []) {
        guard !self.isClosed, !self.isVanished else { return }
        var rest = bytes[...]
        while rest.count > 1, self.world.isChaotic, self.generator.happens(self.world.plan.splits) {
            let count = self.generator.below(rest.count - 1) + 1
            self.dispatch(.bytes(Array(rest.prefix(count)), notes: []))
            rest = rest.dropFirst(count)
        }
        self.dispatch(.bytes(Array(rest), notes: notes))
    }

    func close(isReset: Bool = false) {
        guard !self.isClosed, !self.isVanished else { return }
        self.isClosed = true
        self.dispatch(.end(isReset: isReset))
    }

    /// No byte comes or goes any more, and nobody says so.
    func vanish() {
        self.isVanished = true
        if self.sentBytes > self.readBytes { self.giveUpLater() }
    }

    private func giveUpLater() {
        guard !self.isGivenUp else { return }
        self.isGivenUp = true
        self.schedule(self.world.clock.now + 30_000_000_000, .userTimeout(self))
    }

    private func dispatch(_ arrival: Arrival) {
        self.inFlight.append(arrival)
        self.latestArrival = max(self.latestArrival, self.world.clock.now + self.generator.latency(self.world.plan))
        self.schedule(self.latestArrival, .arrival(self))
    }

    private func schedule(_ time: UInt64, _ action: EventQueue.Action) {
        self.lastEvent += 1
        self.world.schedule(.init(time: time, actor: self.number, number: self.lastEvent, action: action))
    }

    // MARK: - What the network brings

    /// Once for everything that was dispatched, when its time has come.
    func arrived() {
        guard let arrival = self.inFlight.popFirst(), self.socket.isOpen else { return }
        switch arrival {
        case .bytes(let bytes, let notes):
            self.owner?.serverGot(notes, on: self)
            self.loop.run { self.socket.arrived(ByteBuffer(bytes: bytes)) }
        case .end(let isReset):
            self.loop.run { self.socket.arrived(end: isReset ? IOError(errnoCode: 104, reason: "reset") : ChannelError.eof) }
        }
    }

    func timedOut() {
        guard self.socket.isOpen else { return }
        self.loop.run { self.socket.arrived(end: IOError(errnoCode: 110, reason: "timed out")) }
    }

    /// The client reads what is there.
    func clientRead() {
        self.isReadScheduled = false
        guard !self.isStalled, !self.isVanished else { return }
        let count = min(self.sentBytes - self.readBytes, self.world.plan.readBytes)
        if count > 0 {
            self.readBytes += count
            self.loop.run { self.socket.freed(count) }
        }
        while let first = self.items.first, first.end <= self.readBytes {
            self.items.removeFirst()
            if !self.isClosed { self.owner?.received(first.item, on: self) }
        }
        if let isReset = self.end, self.readBytes == self.sentBytes {
            guard !self.isClosed else { return }
            self.isClosed = true
            self.owner?.ended(self, isReset: isReset)
        } else {
            self.scheduleRead()
        }
    }

    private func scheduleRead() {
        guard !self.isReadScheduled, !self.isStalled, !self.isVanished, self.sentBytes > self.readBytes || self.end != nil else { return }
        self.isReadScheduled = true
        self.schedule(self.world.clock.now + self.generator.latency(self.world.plan), .clientRead(self))
    }

    // MARK: - SocketPeer

    func serverWrote(_ bytes: ByteBuffer) {
        self.stream.feed(self.world.flawed(bytes))
        while let (raw, byteCount) = self.stream.next() {
            self.parsedBytes += byteCount
            let item = self.item(raw)
            self.items.append((self.parsedBytes, item))
            self.owner?.serverWrote(item, on: self)
        }
        self.world.meanwhile(on: self.loop.index)
    }

    func serverSent(_ byteCount: Int) {
        self.sentBytes += byteCount
        self.latestProgress = self.world.clock.now
        if self.isVanished { self.giveUpLater() }
        self.scheduleRead()
    }

    func serverEnded(isReset: Bool) {
        guard self.end == nil else { return }
        self.end = isReset
        self.owner?.serverEnded(self)
        self.scheduleRead()
    }

    private func item(_ raw: ServerStream.Item) -> Item {
        switch raw {
        case .frame(1, let payload): return .packets([self.packet(payload[...])])
        case .frame(8, let payload):
            self.closeCode = payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1])
            return .webSocketClose
        case .frame(10, _): return .other
        case .answer(let status, let body):
            guard let request = self.requests.popFirst() else { break }
            switch (request, status) {
            case (.handshake, 200), (.poll, 200):
                let packets = body.split(separator: 0x1E, omittingEmptySubsequences: false).map { self.packet($0) }
                return .answer(request, status: status, packets: packets, body: [])
            default:
                return .answer(request, status: status, packets: [], body: body)
            }
        case .frame, .malformed: break
        }
        // An answer that nobody asked for: the server may say 408 to a connection that says nothing, and what garbage deserves.
        if case .answer(400...408, _) = raw { return .other }
        self.world.ledger.violated("connection \(self.number) got something strange from the server: \(raw)")
        return .other
    }

    private func packet(_ bytes: ArraySlice<UInt8>) -> ServerPacket {
        let packet = ServerPacket(bytes)
        if case .event(let number) = packet, !self.world.ledger.isIntact(number, bytes) {
            self.world.ledger.violated("message \(number) is not what was posted: \(String(decoding: bytes.prefix(80), as: UTF8.self))")
        }
        return packet
    }

    // MARK: - For the checks

    /// What waits in the channel of a WebSocket that the server wants to keep.
    var waitingBytes: Int { self.stream.isWebSocket && self.closeCode == nil && self.socket.isOpen ? self.socket.bufferedBytes : 0 }

    /// Since when so much has waited, as far as has been asked.
    func behindSince(now: UInt64) -> UInt64 {
        if self.latestLookBehind.map({ $0.progress != self.latestProgress }) ?? true {
            self.latestLookBehind = (self.latestProgress, now)
        }
        return self.latestLookBehind?.since ?? now
    }

    var isOpenAtServer: Bool { self.socket.isOpen }
}

/// Who is at the client's end of a wire.
protocol WireOwner: AnyObject {
    /// The server has got the bytes that were sent with these notes.
    func serverGot(_ notes: [Int], on wire: Wire)
    /// The server has written this, in this moment.
    func serverWrote(_ item: Wire.Item, on wire: Wire)
    /// The server has closed its end.
    func serverEnded(_ wire: Wire)
    /// The client has read this.
    func received(_ item: Wire.Item, on wire: Wire)
    /// The client has read the end.
    func ended(_ wire: Wire, isReset: Bool)
}
