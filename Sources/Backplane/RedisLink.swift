import NIOCore
import NIOPosix
import RESP
import TransportSecurity
import WireBytes

/// Whom a link tells what happens to it. Called on its loop.
protocol RedisLinkOwner: AnyObject {
    /// Commands are taken from now on.
    func linkIsReady(_ link: RedisLink)
    /// After `linkIsReady`; what was not answered has been told to each command already.
    func linkWasLost(_ link: RedisLink)
    /// Something that is no answer to a command (RESP3 push).
    func link(_ link: RedisLink, pushed elements: [RESPValue])
    /// Told for every attempt.
    func link(_ link: RedisLink, failed reason: String)
}

/// One connection to Redis that is made anew whenever it breaks, with its pipeline of commands. Confined to its loop.
final class RedisLink {
    /// Nil: the connection broke, or Redis was silent for too long; whether the command was done is unknown.
    typealias Reply = (RESPValue?) -> Void

    private enum State {
        case waiting(until: Int64)
        case connecting
        case greeting(any Channel, deadline: Int64)
        case ready(any Channel)
        case stopped
    }

    /// A command that is not answered for so long takes its connection with it, unless those before it are just being answered.
    static let patience: Int64 = 2_000
    /// After so long without a command Redis is asked whether it is there.
    private static let pause: Int64 = 1_000

    let name: String
    let eventLoop: any EventLoop
    private let url: RedisURL
    private let tls: ClientTLS?
    private let limits: RESPLimits
    private let clock: () -> Int64
    weak var owner: (any RedisLinkOwner)?

    private var state = State.waiting(until: 0)
    private var delay = ReconnectDelay(first: 100, longest: 2_000)
    private var generator = SystemRandomNumberGenerator()
    private var unanswered = CircularBuffer<(deadline: Int64, reply: Reply)>()
    private var unsent: [UInt8] = []
    private var idleSince: Int64 = 0
    private var heardAt: Int64 = 0
    /// While the owner does not want to read, silence is nobody's fault.
    private var isPaused = false
    /// Connections that were made.
    private(set) var connections = 0

    /// - Parameters:
    ///   - name: what Redis' `CLIENT LIST` shows.
    ///   - clock: milliseconds.
    init(name: String, url: RedisURL, tls: ClientTLS?, limits: RESPLimits, eventLoop: any EventLoop, clock: @escaping () -> Int64) {
        self.name = name
        self.url = url
        self.tls = tls
        self.limits = limits
        self.eventLoop = eventLoop
        self.clock = clock
    }

    var isReady: Bool {
        if case .ready = self.state { true } else { false }
    }

    // MARK: - Commands

    /// Adds a command to what the next `flush` sends. Without a connection it is answered at once, with nil.
    func send(_ command: [RESPArgument], _ reply: @escaping Reply) {
        guard self.isReady else { return reply(nil) }
        self.write(command, reply)
    }

    /// Adds a command that has no answer of its own: Redis' pushes tell what became of it.
    func sendUnanswered(_ command: [RESPArgument]) {
        guard self.isReady else { return }
        self.unsent += RESPCommand.encode(command)
    }

    private func write(_ command: [RESPArgument], _ reply: @escaping Reply) {
        self.unsent += RESPCommand.encode(command)
        self.unanswered.append((self.clock() + Self.patience, reply))
    }

    func flush() {
        guard !self.unsent.isEmpty, case .ready(let channel) = self.state else { return }
        self.flush(to: channel)
    }

    private func flush(to channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(bytes: self.unsent), promise: nil)
        // A large batch does not keep its memory.
        self.unsent.removeAll(keepingCapacity: self.unsent.capacity <= 1_048_576)
    }

    /// Whether what Redis sends is read. Unread, it waits in Redis, which cuts those off who let too much wait.
    func setReading(_ reads: Bool) {
        guard case .ready(let channel) = self.state, self.isPaused == reads else { return }
        self.isPaused = !reads
        channel.setOption(.autoRead, value: reads).whenFailure { _ in }
        if reads { self.unanswered = CircularBuffer(self.unanswered.map { (self.clock() + Self.patience, $0.reply) }) }
    }

    // MARK: - Time

    /// Called every tenth of a second or so.
    func tick() {
        let now = self.clock()
        switch self.state {
        case .waiting(let until):
            if now >= until { self.connect() }
        case .connecting, .stopped:
            break
        case .greeting(_, let deadline):
            if now >= deadline { self.fail("Redis does not answer") }
        case .ready:
            guard !self.isPaused else { return }
            if let first = self.unanswered.first {
                self.idleSince = now
                // Thousands of channels are subscribed to at once after a break: that takes its time.
                if now >= first.deadline, now - self.heardAt >= Self.patience { self.fail("Redis does not answer") }
            } else if now - self.idleSince >= Self.pause {
                self.idleSince = now
                self.write([.text("PING")]) { _ in }
                self.flush()
            }
        }
    }

    /// For good.
    func stop() {
        self.end(.stopped)
    }

    /// Gives the connection up, and makes another one.
    func fail(_ reason: String) {
        if case .stopped = self.state { return }
        self.owner?.link(self, failed: reason)
        self.end(.waiting(until: self.clock() + self.delay.next(using: &self.generator)))
    }

    private func end(_ next: State) {
        let wasReady = self.isReady
        let channel = self.channel
        self.state = next
        self.unsent = []
        self.isPaused = false
        channel?.close(promise: nil)
        let lost = self.unanswered
        self.unanswered = CircularBuffer()
        for command in lost { command.reply(nil) }
        if wasReady { self.owner?.linkWasLost(self) }
    }

    private var channel: (any Channel)? {
        switch self.state {
        case .greeting(let channel, _), .ready(let channel): channel
        case .waiting, .connecting, .stopped: nil
        }
    }

    // MARK: - The connection

    private func connect() {
        self.state = .connecting
        self.connections += 1
        let link = NIOLoopBound(self, eventLoop: self.eventLoop)
        let (tls, host, limits) = (self.tls, self.url.host, self.limits)
        ClientBootstrap(group: self.eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(.milliseconds(Self.patience))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try tls?.configure(channel, host: host)
                    try channel.pipeline.syncOperations.addHandler(RedisHandler(link.value, limits: limits))
                }
            }
            .connect(host: self.url.host, port: self.url.port)
            .whenComplete { result in
                switch result {
                case .success(let channel): link.value.connected(channel)
                case .failure: link.value.fail("cannot connect to \(link.value.url.shown)")
                }
            }
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting = self.state else { return channel.close(promise: nil) }
        self.state = .greeting(channel, deadline: self.clock() + Self.patience)
        var hello = ["HELLO", "3"]
        if let password = self.url.password { hello += ["AUTH", self.url.user ?? "default", password] }
        hello += ["SETNAME", self.name]
        self.greet(hello, isLast: self.url.database == 0)
        if self.url.database != 0 { self.greet(["SELECT", String(self.url.database)], isLast: true) }
        self.flush(to: channel)
    }

    private func greet(_ words: [String], isLast: Bool) {
        self.write(words.map { .bytes(Array($0.utf8)) }) { [unowned self] reply in
            switch reply {
            case nil: break
            case .error(let text): self.fail(String(decoding: text, as: UTF8.self))
            default: if isLast { self.becomeReady() }
            }
        }
    }

    private func becomeReady() {
        guard case .greeting(let channel, _) = self.state else { return }
        self.state = .ready(channel)
        self.delay.reset()
        self.idleSince = self.clock()
        self.owner?.linkIsReady(self)
    }

    // MARK: - What arrives

    /// Called by the handler of the present connection or of one that was given up.
    func received(_ value: RESPValue, on channel: any Channel) {
        guard self.channel === channel else { return }
        if case .push(let elements) = value {
            self.owner?.link(self, pushed: elements)
            return
        }
        self.heardAt = self.clock()
        if let command = self.unanswered.popFirst() {
            command.reply(value)
        } else {
            self.fail("Redis has answered what nobody has asked")
        }
    }

    func broke(_ reason: String, on channel: any Channel) {
        guard self.channel === channel else { return }
        self.fail(reason)
    }
}

@available(*, unavailable) extension RedisLink: Sendable {}
