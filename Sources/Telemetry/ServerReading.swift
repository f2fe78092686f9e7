/// A whole server at one moment, as `/metrics` says it. A value.
package struct ServerReading: Sendable {
    /// The sum of all loops.
    package var loops = LoopReading()
    package var loopCount = 0
    package var channels = 0
    package var pendingMessages = 0
    package var sockets = 0
    package var maximumSockets = 0
    package var version = ""
    /// Nil where the system does not tell.
    package var process: ProcessReading?
    package var refusedSeries = 0
    /// Nil for a server that is alone.
    package var backplane: BackplaneReading?

    package init() {}

    /// In the order of `Metric`.
    package func write(to text: inout TextExposition) {
        for metric in Metric.allCases { self.write(metric, to: &text) }
    }

    private func write(_ metric: Metric, to text: inout TextExposition) {
        switch metric {
        case .connections:
            text.write(metric, [("websocket", self.loops.webSocketSessions), ("polling", self.loops.pollingSessions)])
        case .subscriptions: text.write(metric, self.loops.subscriptions)
        case .channels: text.write(metric, self.channels)
        case .publishes: text.write(metric, self.loops.publishes)
        case .deliveries: text.write(metric, self.loops.deliveries)
        case .refused: text.write(metric, Self.sorted(self.loops.refused))
        case .cut: text.write(metric, Self.sorted(self.loops.cut))
        case .publishDuration: text.write(metric, self.loops.publishDurations)
        case .fanOutDuration: text.write(metric, self.loops.fanOutDurations)
        case .loopLag: text.write(metric, self.loops.lag)
        case .receivedBytes: text.write(metric, self.loops.receivedBytes)
        case .sentBytes: text.write(metric, self.loops.sentBytes)
        case .queuedBytes: text.write(metric, self.loops.queuedBytes)
        case .slowConnections: text.write(metric, self.loops.slowConnections)
        case .pendingMessages: text.write(metric, self.pendingMessages)
        case .sockets: text.write(metric, self.sockets)
        case .maximumSockets: text.write(metric, self.maximumSockets)
        case .httpConnections: text.write(metric, self.loops.httpConnections)
        case .httpRequests: text.write(metric, self.loops.answers.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
        case .movedSessions: text.write(metric, self.loops.movedSessions)
        case .upgrades: text.write(metric, self.loops.upgrades)
        case .tlsHandshakes:
            text.write(metric, [("completed", self.loops.completedHandshakes), ("failed", self.loops.failedHandshakes)])
        case .backplaneUp: if let backplane { text.write(metric, backplane.isUp ? 1 : 0) }
        case .backplaneChannels: if let backplane { text.write(metric, backplane.channels) }
        case .backplaneInFlight: if let backplane { text.write(metric, backplane.inFlight) }
        case .backplanePublishes: if let backplane { text.write(metric, backplane.publishes) }
        case .backplaneMessages: if let backplane { text.write(metric, backplane.messages) }
        case .backplaneGaps: if let backplane { text.write(metric, backplane.gaps) }
        case .backplaneConnections: if let backplane { text.write(metric, backplane.connections) }
        case .ready: text.write(metric, self.loops.isDraining ? 0 : 1)
        case .draining: text.write(metric, self.loops.isDraining ? 1 : 0)
        case .eventLoops: text.write(metric, self.loopCount)
        case .build: text.write(metric, [(self.version, 1)])
        case .refusedSeries: text.write(metric, self.refusedSeries)
        case .processorSeconds: if let process { text.write(metric, process.processorSeconds) }
        case .openDescriptors: if let process { text.write(metric, process.openDescriptors) }
        case .maximumDescriptors: if let process { text.write(metric, process.maximumDescriptors) }
        case .residentBytes: if let process { text.write(metric, process.residentBytes) }
        case .virtualBytes: if let process { text.write(metric, process.virtualBytes) }
        case .startTime: if let process { text.write(metric, process.startTime) }
        }
    }

    private static func sorted(_ counts: [String: Int]) -> [(value: String, count: Int)] {
        counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
