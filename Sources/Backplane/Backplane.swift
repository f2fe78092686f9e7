package import Broadcast
import NIOCore
import NIOPosix
import Synchronization

/// This node's part in a cluster over Redis (contract 10). It has a thread of its own, so that neither Redis nor a crowd of subscribers holds
/// up the other; what other threads want of it gathers in an inbox.
package final class Backplane: MessageBus {
    /// A publish on its way to the backplane's thread.
    struct Publish: Sendable {
        let channel: ChannelName
        let event: [UInt8]
        let payload: [UInt8]
        let done: @Sendable (BusOutcome) -> Void
    }

    /// What other threads want.
    struct Inbox {
        var publishes: [Publish] = []
        var changed: Set<ChannelName> = []
        fileprivate var isThreadWoken = false
    }

    package let status = BackplaneStatus()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let eventLoop: any EventLoop
    private let inbox = Mutex(Inbox())
    private let inFlight = Atomic(0)
    private let maximumInFlight: Atomic<Int>
    private let links: NIOLoopBoundBox<BackplaneLinks?>

    /// - Parameter note: something for the log; called on the backplane's thread.
    package init(_ settings: BackplaneSettings, note: @escaping @Sendable (BackplaneNote) -> Void) {
        self.maximumInFlight = Atomic(settings.maximumInFlight)
        self.eventLoop = self.group.next()
        self.links = NIOLoopBoundBox.makeEmptyBox(valueType: BackplaneLinks.self, eventLoop: self.eventLoop)
        self.settings = settings
        self.note = note
    }

    /// A short name of this node among the nodes, for the names of sessions.
    package var mark: UInt16 { UInt16(truncatingIfNeeded: self.settings.node) }

    /// The name of this node among the nodes, for people.
    package var name: String { Self.name(of: self.settings.node) }

    package static func name(of node: UInt64) -> String { String(node, radix: 16) }

    private let settings: BackplaneSettings
    private let note: @Sendable (BackplaneNote) -> Void

    /// Begins, and goes on until `stop`. Redis need not be there.
    /// - Parameters:
    ///   - hub: whose bus this is.
    ///   - answer: answers another node's question; nil: it does not understand it.
    package func start(_ hub: Hub, answering answer: @escaping @Sendable ([UInt8]) async -> [UInt8]?) {
        self.eventLoop.execute {
            let links = BackplaneLinks(
                self.settings, hub: hub, status: self.status, eventLoop: self.eventLoop, answer: answer, note: self.note)
            self.links.value = links
            links.start()
        }
    }

    /// Puts other limits in force. Called on any thread.
    package func apply(maximumInFlight: Int, maximumDepth: Int) {
        self.maximumInFlight.store(maximumInFlight, ordering: .relaxed)
        self.eventLoop.execute { self.links.value?.maximumDepth = maximumDepth }
    }

    package func stop() async {
        try? await self.eventLoop.submit {
            self.links.value?.stop()
            self.links.value = nil
        }.get()
        try? await self.group.shutdownGracefully()
    }

    package func counts() async -> BackplaneCounts {
        var counts = (try? await self.eventLoop.submit { self.links.value?.counts }.get()) ?? BackplaneCounts()
        counts.inFlight = self.inFlight.load(ordering: .relaxed)
        return counts
    }

    /// Asks all other nodes; takes a second at most.
    package func ask(_ question: [UInt8]) async -> NodeAnswers {
        await withCheckedContinuation { continuation in
            self.eventLoop.execute {
                guard let links = self.links.value else { return continuation.resume(returning: NodeAnswers()) }
                links.ask(question) { continuation.resume(returning: $0) }
            }
        }
    }

    // MARK: - MessageBus

    package func publish(
        channel: ChannelName, event: [UInt8], payload: [UInt8], done: @escaping @Sendable (BusOutcome) -> Void
    ) {
        guard self.status.canPublish else { return done(.down) }
        guard self.inFlight.add(1, ordering: .relaxed).newValue <= self.maximumInFlight.load(ordering: .relaxed) else {
            self.inFlight.subtract(1, ordering: .relaxed)
            return done(.overloaded)
        }
        let publish = Publish(channel: channel, event: event, payload: payload) { outcome in
            self.inFlight.subtract(1, ordering: .relaxed)
            done(outcome)
        }
        self.change { $0.publishes.append(publish) }
    }

    package func interestChanged(in channel: ChannelName) {
        self.change { $0.changed.insert(channel) }
    }

    private func change(_ body: (inout Inbox) -> Void) {
        let wakes = self.inbox.withLock { inbox in
            body(&inbox)
            defer { inbox.isThreadWoken = true }
            return !inbox.isThreadWoken
        }
        if wakes { self.eventLoop.execute { self.empty() } }
    }

    /// A task of the backplane's thread.
    private func empty() {
        let inbox = self.inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        guard let links = self.links.value else {
            // Before the start what has changed is seen at the connect; after the end nobody asks.
            for publish in inbox.publishes { publish.done(.down) }
            return
        }
        links.take(inbox)
    }
}
