import Broadcast
import NIOCore
import RESP

/// The backplane's thread: two connections to Redis, one for commands and one that brings messages, and what follows from what arrives on
/// them. Confined to its loop.
final class BackplaneLinks {
    let settings: BackplaneSettings
    let hub: Hub
    private let status: BackplaneStatus
    let note: (BackplaneNote) -> Void
    let eventLoop: any EventLoop
    let clock: () -> Int64
    let node: [UInt8]
    let head: [UInt8]
    let answer: @Sendable ([UInt8]) async -> [UInt8]?
    let commands: RedisLink
    let messages: RedisLink
    var followed = FollowedChannels()
    private var channels: [[UInt8]: ChannelName] = [:]
    var echoes = AwaitedEchoes()
    private var intake: EmitterIntake
    var questions = OpenQuestions()
    var counting = CountedChannels()
    var generator = SystemRandomNumberGenerator()
    private var ticks: RepeatedTask?
    var lastRefusal: String?
    private var lastFault: String?
    /// Nesting of the JSON that comes from other nodes.
    var maximumDepth: Int
    private var knownVersions: Set<Int> = []
    private var hasNotedPickles = false
    /// The connection for messages is there and subscribed.
    private var bringsMessages = false
    var tally = BackplaneCounts()

    init(
        _ settings: BackplaneSettings, hub: Hub, status: BackplaneStatus, eventLoop: any EventLoop,
        answer: @escaping @Sendable ([UInt8]) async -> [UInt8]?, note: @escaping (BackplaneNote) -> Void
    ) {
        self.settings = settings
        self.maximumDepth = settings.maximumDepth
        self.hub = hub
        self.status = status
        self.note = note
        self.answer = answer
        self.intake = EmitterIntake(
            settings.emitters, hub: hub, maximumPayload: settings.maximumPayload, maximumDepth: settings.maximumDepth)
        let clock = { Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) }
        self.clock = clock
        self.eventLoop = eventLoop
        self.node = Array(String(settings.node, radix: 16).utf8)
        self.head = Envelope.head(node: settings.node)
        func link(_ name: String, _ limits: RESPLimits) -> RedisLink {
            RedisLink(name: name, url: settings.url, tls: settings.tls, limits: limits, eventLoop: eventLoop, clock: clock)
        }
        self.commands = link("fanfare-commands", RESPLimits(maximumByteCount: 1_048_576))
        self.messages = link("fanfare-messages", RESPLimits(maximumByteCount: settings.maximumPayload + 65_536))
        self.commands.owner = self
        self.messages.owner = self
    }

    func start() {
        let links = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.ticks = self.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in links.value.tick() }
    }

    func stop() {
        self.ticks?.cancel()
        self.commands.stop()
        self.messages.stop()
        for done in self.echoes.takeAll() { done() }
        self.questions.endAll()
    }

    var counts: BackplaneCounts {
        var counts = self.tally
        counts.channels = self.followed.count
        counts.emitted = self.intake.counts.delivered
        counts.malformed += self.intake.counts.malformed + self.intake.counts.pickles
        counts.connections = self.commands.connections + self.messages.connections
        return counts
    }

    private func tick() {
        let now = self.clock()
        self.commands.tick()
        self.messages.tick()
        if !self.hub.isFull { self.messages.setReading(true) }
        let (actions, counted) = self.followed.tick(now: now)
        self.counting.insert(counted)
        self.perform(actions)
        self.tellCounts()
        for done in self.echoes.takeDue(now: now) { done() }
        self.questions.endDue(now: now)
        self.flush()
    }

    func flush() {
        self.messages.flush()
        self.commands.flush()
    }

    // MARK: - What other threads want

    func take(_ inbox: Backplane.Inbox) {
        for publish in inbox.publishes { self.send(publish, isFirst: true) }
        if !inbox.changed.isEmpty {
            let wanted = inbox.changed.map { (channel: $0, exists: self.hub.hasInterest(in: $0)) }
            self.perform(self.followed.interest(in: wanted, now: self.clock()))
            self.counting.insert(inbox.changed)
            self.tellCounts()
        }
        self.flush()
    }

    // MARK: - Channels

    private func perform(_ actions: [FollowedChannels.Action]) {
        for action in actions {
            switch action {
            case .subscribe(let channels): self.subscribe(channels)
            case .unsubscribe(let channels):
                self.messages.sendUnanswered([.text("UNSUBSCRIBE")] + channels.map { .bytes(RedisNames.messages(of: $0)) })
                for channel in channels { self.channels[RedisNames.messages(of: channel)] = nil }
            case .readPositions(let channels):
                for channel in channels { self.readPosition(of: channel) }
            case .confirm(let channel): self.hub.confirm(channel)
            case .announceGap(let channel):
                self.tally.gaps += 1
                self.hub.announceGap(in: channel)
            }
        }
    }

    private func subscribe(_ channels: [ChannelName]) {
        for start in stride(from: 0, to: channels.count, by: 100) {
            let part = channels[start..<min(start + 100, channels.count)]
            for channel in part { self.channels[RedisNames.messages(of: channel)] = channel }
            self.messages.sendUnanswered([.text("SUBSCRIBE")] + part.map { .bytes(RedisNames.messages(of: $0)) })
            for channel in part {
                // Before the acknowledgement, so that a publish that follows it anywhere counts the subscription.
                self.tellCount(of: channel, over: self.messages, isFirst: true) {}
                self.readPosition(of: channel)
            }
        }
    }

    private func readPosition(of channel: ChannelName) {
        self.messages.send([.text("HMGET"), .bytes(RedisNames.position(of: channel)), .text("epoch"), .text("offset")]) {
            [unowned self] reply in
            guard case .array(let parts) = reply, parts.count == 2 else {
                if let reply { self.messages.fail("Redis has refused to tell a position: \(reply)") }
                return
            }
            let epoch = parts[0].text, offset = parts[1].text.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
            let position = epoch.flatMap { epoch in offset.flatMap { Position(epoch: epoch, offset: $0) } }
            self.perform(self.followed.read(position, of: channel, now: self.clock()))
            self.settleEchoes(in: channel)
        }
    }

    // MARK: - Messages

    private func received(_ payload: [UInt8], on name: [UInt8]) {
        guard let channel = self.channels[name] else { return }
        let envelope: Envelope
        do {
            envelope = try Envelope(
                parsing: payload, maximumPayload: self.settings.maximumPayload, maximumDepth: self.maximumDepth)
        } catch {
            return self.dropped(error)
        }
        let verdict = self.followed.received(envelope.position, in: channel, now: self.clock())
        switch verdict {
        case .duplicate: self.tally.duplicates += 1
        case .unwanted: break
        case .deliver, .deliverAfterGap:
            if verdict == .deliverAfterGap { self.perform([.announceGap(channel)]) }
            self.tally.received += 1
            let publication = Publication(
                channel: channel, event: envelope.event.span, payload: envelope.payload.span, allocator: ByteBufferAllocator())
            self.took(self.hub.deliver(publication))
        }
        self.settleEchoes(in: channel)
    }

    /// What is too much waits in Redis until the loops have caught up.
    private func took(_ isWithinBounds: Bool) {
        if self.intake.counts.pickles > 0, !self.hasNotedPickles {
            self.hasNotedPickles = true
            self.note(.pickle)
        }
        if !isWithinBounds { self.messages.setReading(false) }
    }

    private func dropped(_ fault: Envelope.Fault) {
        switch fault {
        case .malformed: self.tally.malformed += 1
        case .version(let version):
            self.tally.otherVersions += 1
            if self.knownVersions.insert(Int(version)).inserted { self.note(.otherVersion(Int(version))) }
        }
    }

    private func settleEchoes(in channel: ChannelName) {
        for done in self.echoes.take(upTo: self.followed.position(of: channel), in: channel) { done() }
    }
}

extension BackplaneLinks: RedisLinkOwner {
    func linkIsReady(_ link: RedisLink) {
        if link === self.messages {
            self.channels = [:]
            let mark = self.generator.next().bigEndianBytes
            self.messages.send([.text("SET"), .bytes(RedisNames.life), .bytes(mark), .text("NX"), .text("GET")]) { [unowned self] reply in
                switch reply {
                case nil: break
                case .null: self.begin(life: mark)
                case .bulk(let life): self.begin(life: life)
                case .error(let text): self.messages.fail(String(decoding: text, as: UTF8.self))
                default: self.messages.fail("Redis has answered something else")
                }
            }
            self.messages.flush()
        }
        self.tell()
    }

    private func begin(life: [UInt8]) {
        self.messages.sendUnanswered(
            [.text("SUBSCRIBE"), .bytes(RedisNames.questions), .bytes(RedisNames.answers(to: self.settings.node))])
        for (name, isPattern) in self.intake.redisChannels {
            self.messages.sendUnanswered([.text(isPattern ? "PSUBSCRIBE" : "SUBSCRIBE"), .bytes(name)])
        }
        self.bringsMessages = true
        self.perform(self.followed.connected(life: life, now: self.clock()))
        self.messages.flush()
        self.tell()
    }

    func linkWasLost(_ link: RedisLink) {
        if link === self.messages {
            self.bringsMessages = false
            self.followed.disconnected()
            self.hub.busLost()
            for done in self.echoes.takeAll() { done() }
        } else {
            self.counting.lost()
        }
        self.tell()
    }

    func link(_ link: RedisLink, pushed elements: [RESPValue]) {
        guard link === self.messages else { return }
        let texts = elements.compactMap(\.text)
        if texts.count == 3, texts[0] == Array("message".utf8) {
            let (name, message) = (texts[1], texts[2])
            if self.channels[name] != nil {
                self.received(message, on: name)
            } else if !self.receivedOfNodes(message, on: name) {
                self.took(self.intake.receive(message, on: name, pattern: nil))
            }
        } else if texts.count == 4, texts[0] == Array("pmessage".utf8) {
            self.took(self.intake.receive(texts[3], on: texts[2], pattern: texts[1]))
        }
    }

    func link(_ link: RedisLink, failed reason: String) {
        guard reason != self.lastFault else { return }
        self.lastFault = reason
        self.note(.down(reason: reason))
    }

    private func tell() {
        let wasUp = self.status.isUp
        self.status.set(canPublish: self.commands.isReady, bringsMessages: self.bringsMessages)
        if self.status.isUp, !wasUp {
            self.lastFault = nil
            self.note(.up)
        }
    }
}

@available(*, unavailable) extension BackplaneLinks: Sendable {}
