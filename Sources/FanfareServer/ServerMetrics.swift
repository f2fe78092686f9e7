import Backplane
import Broadcast
import Telemetry

/// What `/metrics` says of a whole server. Used from every thread.
final class ServerMetrics: Sendable {
    private let loops: ServerLoops
    private let hub: Hub
    private let gate: ConnectionGate
    private let libraries: LibraryMetrics?
    private let backplane: Backplane?

    init(loops: ServerLoops, hub: Hub, gate: ConnectionGate, libraries: LibraryMetrics?, backplane: Backplane?) {
        self.backplane = backplane
        self.loops = loops
        self.hub = hub
        self.gate = gate
        self.libraries = libraries
    }

    /// The system is asked and the text written where this is called: not on a loop.
    func text() async -> [UInt8] {
        var text = TextExposition()
        await self.reading().write(to: &text)
        self.libraries?.write(to: &text)
        return text.bytes
    }

    func reading() async -> ServerReading {
        var reading = ServerReading()
        reading.loops.refused = Self.refusals
        reading.loops.cut = Self.cuts
        let loops = await self.loops.ask { $0.reading() }
        for counts in loops { reading.loops.add(counts) }
        reading.loopCount = loops.count
        reading.channels = self.hub.channelCount
        reading.pendingMessages = self.hub.pendingMessages
        reading.sockets = self.gate.openConnections
        reading.maximumSockets = self.gate.maximum
        reading.version = Version.text
        reading.process = ProcessReading.take()
        reading.backplane = await self.backplane?.reading()
        reading.refusedSeries = self.libraries?.refusedSeries ?? 0
        return reading
    }

    /// Every reason that there can be, so that each is shown from the start.
    private static let refusals = Dictionary(uniqueKeysWithValues: CountedReasons.refused.map { ($0, 0) })
    private static let cuts = Dictionary(uniqueKeysWithValues: CountedReasons.cut.map { ($0, 0) })
}

extension Backplane {
    func reading() async -> BackplaneReading {
        let counts = await self.counts()
        var reading = BackplaneReading()
        reading.isUp = self.status.isUp
        reading.channels = counts.channels
        reading.inFlight = counts.inFlight
        reading.publishes = [("accepted", counts.published), ("refused", counts.refused), ("unanswered", counts.unanswered)]
        reading.messages = [
            ("delivered", counts.received), ("duplicate", counts.duplicates), ("emitted", counts.emitted), ("malformed", counts.malformed),
            ("other_version", counts.otherVersions),
        ]
        reading.gaps = counts.gaps
        reading.connections = counts.connections
        return reading
    }
}
