/// How long something took, in buckets that are the same for every histogram. A value of its loop's; recording allocates nothing.
package struct DurationHistogram: Sendable, Equatable {
    /// A bucket's upper bound, which belongs to it.
    package struct Bound: Sendable {
        let nanoseconds: Int64
        /// Seconds, as the label `le` says it.
        package let label: StaticString
    }

    package static let bounds: [Bound] = [
        Bound(nanoseconds: 100_000, label: "0.0001"), Bound(nanoseconds: 250_000, label: "0.00025"),
        Bound(nanoseconds: 500_000, label: "0.0005"), Bound(nanoseconds: 1_000_000, label: "0.001"),
        Bound(nanoseconds: 2_500_000, label: "0.0025"), Bound(nanoseconds: 5_000_000, label: "0.005"),
        Bound(nanoseconds: 10_000_000, label: "0.01"), Bound(nanoseconds: 25_000_000, label: "0.025"),
        Bound(nanoseconds: 50_000_000, label: "0.05"), Bound(nanoseconds: 100_000_000, label: "0.1"),
        Bound(nanoseconds: 250_000_000, label: "0.25"), Bound(nanoseconds: 500_000_000, label: "0.5"),
        Bound(nanoseconds: 1_000_000_000, label: "1"), Bound(nanoseconds: 2_500_000_000, label: "2.5"),
        Bound(nanoseconds: 5_000_000_000, label: "5"), Bound(nanoseconds: 10_000_000_000, label: "10"),
    ]

    /// The bounds in seconds.
    package static let boundSeconds = DurationHistogram.bounds.map { Double($0.nanoseconds) / 1_000_000_000 }

    /// One for each bound, and one for what is above all of them.
    package private(set) var counts = [Int](repeating: 0, count: DurationHistogram.bounds.count + 1)
    private var totalNanoseconds: Int64 = 0

    package init() {}

    /// Called on the loop that owns it. What is below zero counts as zero.
    package mutating func record(nanoseconds: Int64) {
        let duration = max(nanoseconds, 0)
        self.totalNanoseconds &+= duration
        var bucket = 0
        while bucket < Self.bounds.count, duration > Self.bounds[bucket].nanoseconds { bucket += 1 }
        self.counts[bucket] &+= 1
    }

    package mutating func add(_ other: DurationHistogram) {
        for bucket in self.counts.indices { self.counts[bucket] &+= other.counts[bucket] }
        self.totalNanoseconds &+= other.totalNanoseconds
    }

    package var count: Int { self.counts.reduce(0, &+) }

    /// Seconds.
    package var sum: Double { Double(self.totalNanoseconds) / 1_000_000_000 }

    /// For each bound how many took at most so long.
    package var cumulativeCounts: [Int] {
        var sum = 0
        return self.counts.dropLast().map { count in
            sum &+= count
            return sum
        }
    }
}
