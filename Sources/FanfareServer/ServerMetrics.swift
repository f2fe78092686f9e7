import Broadcast
import NIOCore
import Synchronization
import Telemetry

/// What `/metrics` says of a whole server: every loop is asked for its figures, which are summed elsewhere, so that no loop waits for
/// another one. Used from every loop.
final class ServerMetrics: Sendable {
    private let hub: Hub
    private let gate: ConnectionGate
    private let libraries: LibraryMetrics?
    private let contexts = Mutex<[NIOLoopBound<LoopContext>]>([])

    init(hub: Hub, gate: ConnectionGate, libraries: LibraryMetrics?) {
        self.hub = hub
        self.gate = gate
        self.libraries = libraries
    }

    /// Called when all loops are there, before the server listens.
    func attach(_ contexts: [NIOLoopBound<LoopContext>]) {
        self.contexts.withLock { $0 = contexts }
    }

    /// The loops end.
    func detach() {
        self.contexts.withLock { $0 = [] }
    }

    /// Called on a loop. `done` is called later, on the same loop.
    func scrape(on eventLoop: any EventLoop, _ done: @escaping ([UInt8]) -> Void) {
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        // The system is asked, and the text written, on a thread that serves no connection.
        Task {
            let text = await self.text()
            eventLoop.execute { done.value(text) }
        }
    }

    private func text() async -> [UInt8] {
        var text = TextExposition()
        await self.reading().write(to: &text)
        self.libraries?.write(to: &text)
        return text.bytes
    }

    private func reading() async -> ServerReading {
        // All are asked before the first is waited for.
        let loops = self.contexts.withLock { $0 }.map { context in context.eventLoop.submit { context.value.reading() } }
        var reading = ServerReading()
        reading.loops.refused = Self.refusals
        reading.loops.cut = Self.cuts
        for loop in loops {
            if let counts = try? await loop.get() { reading.loops.add(counts) }
        }
        reading.loopCount = loops.count
        reading.channels = self.hub.channelCount
        reading.pendingMessages = self.hub.pendingMessages
        reading.sockets = self.gate.openConnections
        reading.maximumSockets = self.gate.maximum
        reading.version = Version.text
        reading.process = ProcessReading.take()
        reading.refusedSeries = self.libraries?.refusedSeries ?? 0
        return reading
    }

    /// Every reason that there can be, so that each is shown from the start.
    private static let refusals = Dictionary(uniqueKeysWithValues: CountedReasons.refused.map { ($0, 0) })
    private static let cuts = Dictionary(uniqueKeysWithValues: CountedReasons.cut.map { ($0, 0) })
}
