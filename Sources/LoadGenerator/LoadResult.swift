import Histogram

/// The server's figures at the turning points of a run; nil without a process to look at.
struct LoadCost: Sendable {
    var residentBefore: Double?
    var residentAfter: Double?
    var cpuBeforeConnecting: Double?
    var cpuAfterConnecting: Double?
    var cpuAfterPublishing: Double?
    /// Seconds.
    var publishedFor = 0.0
    var deliveredFor = 0.0
}

/// What came of a run.
package struct LoadResult: Sendable {
    package let subscribers: Int
    package let published: Int
    package let refused: [String: Int]
    package let connectionsLost: [String: Int]
    package let delivered: Int
    package let expected: Int
    package let lost: Int
    package let doubled: Int
    package let outOfOrder: Int
    package let deliveriesPerSecond: Double
    package let publishesPerSecond: Double
    /// Microseconds at the 50th, 90th, 99th and 99.9th percentile, and the highest.
    package let latency: [(name: String, microseconds: Double)]
    /// Of the server, in microseconds.
    package let cpuPerDelivery: Double?
    package let cpuPerConnect: Double?
    /// Of the server, in cores, while publishing.
    package let cores: Double?
    /// Of the server.
    package let residentBytes: Double?
    package let residentBytesPerConnection: Double?

    init(_ run: LoadRun, cost: LoadCost) {
        let ledger = run.ledger
        self.subscribers = run.ready
        self.published = ledger.published
        self.refused = run.refusals
        self.connectionsLost = run.losses
        self.delivered = ledger.delivered
        self.expected = ledger.expected
        self.lost = ledger.lost
        self.doubled = ledger.doubled
        self.outOfOrder = ledger.outOfOrder
        let seconds = max(cost.deliveredFor, cost.publishedFor, 0.001)
        self.deliveriesPerSecond = Double(ledger.delivered) / seconds
        self.publishesPerSecond = Double(ledger.published) / max(cost.publishedFor, 0.001)
        self.latency = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)].map { name, percentile in
            (name, Double(ledger.latencies.valueAtPercentile(percentile)) / 1e3)
        }
        let publishing = Self.difference(cost.cpuAfterPublishing, cost.cpuAfterConnecting)
        self.cpuPerDelivery = ledger.delivered > 0 ? publishing.map { $0 * 1e6 / Double(ledger.delivered) } : nil
        self.cores = publishing.map { $0 / seconds }
        self.cpuPerConnect = Self.difference(cost.cpuAfterConnecting, cost.cpuBeforeConnecting).map { $0 * 1e6 / Double(max(run.ready, 1)) }
        self.residentBytes = cost.residentAfter
        self.residentBytesPerConnection = Self.difference(cost.residentAfter, cost.residentBefore).map { $0 / Double(max(run.ready, 1)) }
    }

    private static func difference(_ later: Double?, _ earlier: Double?) -> Double? {
        guard let later, let earlier else { return nil }
        return later - earlier
    }
}
