import FanfareClient
import Histogram
package import NIOCore

/// One run: connects, subscribes, publishes, counts. Everything is confined to one loop, so one core's worth of load is what it can make;
/// a bigger one takes several runs side by side.
package final class LoadRun {
    let plan: LoadPlan
    let eventLoop: any EventLoop
    private let server: ServerProcess?
    private(set) var phase = LoadProgress.Phase.connecting
    private(set) var ledger: Ledger
    private var subscribers: [LoadSubscriber] = []
    private(set) var ready = 0
    private(set) var losses: [String: Int] = [:]
    private var publishers: [HTTPClientConnection] = []
    private var idlePublishers: [Int] = []
    private var requests: [PublishRequest] = []
    /// Messages that are due and wait for a publisher.
    private var waiting: [(number: Int, due: UInt64)] = []
    private var began: UInt64 = 0
    private(set) var refusals: [String: Int] = [:]
    private var unanswered = 0
    /// When the first message of the read that is being worked off came: the clock is looked at once a read, not once a message.
    private var readBegan: UInt64?
    private var ticker: RepeatedTask?
    private let finished: EventLoopPromise<LoadResult>
    private var cost = LoadCost()

    // Of the last seconds of a run, in which nothing new is published.
    private var lastDelivered = 0
    private var quietSince: UInt64 = 0

    package init(_ plan: LoadPlan, server: ServerProcess?, eventLoop: any EventLoop) {
        self.plan = plan
        self.server = server
        self.eventLoop = eventLoop
        self.ledger = Ledger(channels: plan.channels)
        self.finished = eventLoop.makePromise()
    }

    package var result: EventLoopFuture<LoadResult> { self.finished.futureResult }

    package var progress: LoadProgress {
        LoadProgress(
            phase: self.phase, ready: self.ready, subscribers: self.plan.subscribers, published: self.ledger.published,
            delivered: self.ledger.delivered)
    }

    private var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    // MARK: - Connecting

    package func start() {
        self.cost.residentBefore = self.server?.residentBytes
        self.cost.cpuBeforeConnecting = self.server?.cpuSeconds
        self.began = self.now
        self.every(.milliseconds(10)) { $0.connectMore() }
    }

    /// As many as the ramp allows by now.
    private func connectMore() {
        let seconds = Double(self.now - self.began) / 1e9
        let allowed = min(self.plan.subscribers, Int(seconds * Double(self.plan.ramp)) + 1)
        while self.subscribers.count < allowed {
            let channel = self.subscribers.count % self.plan.channels
            let subscriber =
                switch self.plan.transport {
                case .webSocket: WebSocketSubscriber(channel: channel, name: Self.name(channel), owner: self)
                case .polling: PollingSubscriber(channel: channel, name: Self.name(channel), owner: self)
                }
            self.subscribers.append(subscriber)
            subscriber.connect(to: self.plan.url, on: self.eventLoop)
        }
        if self.ready + self.losses.values.reduce(0, +) >= self.plan.subscribers { self.connectPublishers() }
    }

    private static func name(_ channel: Int) -> [UInt8] { Array("bench-\(channel)".utf8) }

    private func connectPublishers() {
        self.phase = .publishing
        self.ticker?.cancel()
        self.cost.residentAfter = self.server?.residentBytes
        self.cost.cpuAfterConnecting = self.server?.cpuSeconds
        self.requests = (0..<self.plan.channels).map {
            PublishRequest(url: self.plan.publishURL, channel: Self.name($0), event: Array("bench".utf8), key: self.plan.key)
        }
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        let connections = (0..<self.plan.publishers).map { _ in HTTPClientConnection.connect(to: self.plan.publishURL, on: self.eventLoop) }
        EventLoopFuture.whenAllSucceed(connections, on: self.eventLoop).whenComplete { result in
            switch result {
            case .success(let connections): bound.value.publish(over: connections)
            case .failure(let error): bound.value.finished.fail(error)
            }
        }
    }

    // MARK: - Publishing

    private func publish(over connections: [HTTPClientConnection]) {
        self.publishers = connections
        self.idlePublishers = Array(connections.indices)
        self.began = self.now
        switch self.plan.pace {
        case .closed(let window):
            for _ in 0..<window { self.enqueue(due: self.now) }
            self.every(.milliseconds(10)) { if $0.hasTimePassed { $0.finishPublishing() } }
        case .open(let rate):
            self.every(.milliseconds(1)) { run in
                // Those that became due since the last look; their latency counts from then.
                let elapsed = Double(min(run.now - run.began, UInt64(run.plan.duration) * 1_000_000)) / 1e9
                while Double(run.ledger.published) <= elapsed * rate, !run.hasTimePassed {
                    run.enqueue(due: run.began + UInt64(Double(run.ledger.published) / rate * 1e9))
                }
                if run.hasTimePassed { run.finishPublishing() }
            }
        }
    }

    private var hasTimePassed: Bool { self.now - self.began >= UInt64(self.plan.duration) * 1_000_000 }

    private func enqueue(due: UInt64) {
        let number = self.ledger.addMessage(to: self.ledger.published % self.plan.channels)
        self.waiting.append((number, due))
        self.sendWaiting()
    }

    private func sendWaiting() {
        while !self.waiting.isEmpty, let publisher = self.idlePublishers.popLast() {
            let (number, due) = self.waiting.removeFirst()
            let body = ByteBuffer(bytes: LoadMessage.make(number: number, due: due, size: self.plan.size))
            let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.unanswered += 1
            self.publishers[publisher].publish(self.requests[number % self.plan.channels], body).whenComplete { result in
                let run = bound.value
                run.unanswered -= 1
                switch result {
                case .success(let answer) where answer.status == 200:
                    run.idlePublishers.append(publisher)
                case .success(let answer):
                    run.idlePublishers.append(publisher)
                    run.refuse(number, why: "\(answer.status)")
                case .failure(let error):
                    run.refuse(number, why: "\(error)")
                }
                run.sendWaiting()
            }
        }
    }

    private func refuse(_ number: Int, why: String) {
        self.refusals[why, default: 0] += 1
        self.ledger.refuse(number)
        self.messageCompleted()
    }

    private func messageCompleted() {
        guard case .closed = self.plan.pace, self.phase == .publishing, !self.hasTimePassed, !self.publishers.isEmpty else { return }
        self.enqueue(due: self.now)
    }

    // MARK: - The end

    /// Nothing new goes out; what is under way may arrive as long as something does.
    private func finishPublishing() {
        self.phase = .finishing
        self.cost.publishedFor = Double(self.now - self.began) / 1e9
        self.quietSince = self.now
        self.every(.milliseconds(5)) { run in
            if run.ledger.delivered != run.lastDelivered {
                run.lastDelivered = run.ledger.delivered
                run.quietSince = run.now
            }
            let isDone = run.unanswered == 0 && run.waiting.isEmpty && run.ledger.delivered >= run.ledger.expected
            if isDone || run.now - run.quietSince > 3_000_000_000 { run.finish() }
        }
    }

    private func finish() {
        self.phase = .done
        self.ticker?.cancel()
        // No publisher was left to send them.
        for (number, _) in self.waiting {
            self.refusals["not sent", default: 0] += 1
            self.ledger.refuse(number)
        }
        // Without the silence at the end, if there was one.
        self.cost.deliveredFor = Double(self.quietSince - self.began) / 1e9
        self.cost.cpuAfterPublishing = self.server?.cpuSeconds
        for publisher in self.publishers { publisher.close() }
        for subscriber in self.subscribers { subscriber.close() }
        self.finished.succeed(LoadResult(self, cost: self.cost))
    }

    private func every(_ interval: TimeAmount, _ body: @escaping (LoadRun) -> Void) {
        self.ticker?.cancel()
        let bound = NIOLoopBound((self, body), eventLoop: self.eventLoop)
        self.ticker = self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (run, body) = bound.value
            body(run)
        }
    }
}

extension LoadRun: LoadSubscriberOwner {
    func subscriberReady(_ subscriber: LoadSubscriber) {
        guard subscriber.number == nil else { return }
        subscriber.number = self.ledger.addSubscriber(of: subscriber.channel)
        self.ready += 1
    }

    func subscriberReceived(_ range: Range<Int>, of text: Span<UInt8>, _ subscriber: LoadSubscriber) {
        guard let who = subscriber.number, let (number, due) = LoadMessage.read(range, of: text) else { return }
        let now = self.readBegan ?? self.now
        self.readBegan = now
        if self.ledger.receive(number, by: who, latency: now > due ? now - due : 0) { self.messageCompleted() }
    }

    func subscriberReadCompleted() {
        self.readBegan = nil
    }

    func subscriberLost(_ subscriber: LoadSubscriber, why: String) {
        self.losses[why, default: 0] += 1
        if let number = subscriber.number {
            self.ready -= 1
            self.ledger.removeSubscriber(number)
        }
    }
}

@available(*, unavailable) extension LoadRun: Sendable {}
