import Synchronization

/// Something to be timed.
struct Benchmark {
    let name: String
    /// What one operation is, in the singular: "document", "frame", "delivery".
    let unit: String
    /// Operations in one call of `body`.
    let operations: Int
    /// Bytes that one operation looks at or makes; 0 where a rate in bytes says nothing.
    let bytes: Int
    /// Returns something that depends on all the work, so that none of it can be left out.
    let body: () -> Int

    init(_ name: String, unit: String, operations: Int = 1, bytes: Int = 0, body: @escaping () -> Int) {
        self.name = name
        self.unit = unit
        self.operations = operations
        self.bytes = bytes
        self.body = body
    }

    /// Rounds of at least `duration` each, after one that warms up and says how many calls make a round.
    func run(rounds: Int, duration: Duration) -> Measurement {
        let clock = ContinuousClock()
        var calls = 1
        while true {
            let spent = clock.measure { self.call(calls) }
            if spent >= duration { break }
            calls = spent > .microseconds(10) ? calls * max(2, Int(duration / spent) + 1) : calls * 16
        }
        let spans = (0..<rounds).map { _ in clock.measure { self.call(calls) } / (calls * self.operations) }.sorted()
        return Measurement(benchmark: self, median: Self.nanoseconds(spans[rounds / 2]), least: Self.nanoseconds(spans[0]))
    }

    private func call(_ count: Int) {
        var result = 0
        for _ in 0..<count { result &+= self.body() }
        blackHole.store(result, ordering: .relaxed)
    }

    private static func nanoseconds(_ duration: Duration) -> Double {
        Double(duration.components.attoseconds) / 1e9 + Double(duration.components.seconds) * 1e9
    }
}

/// Results go here and are never read.
private let blackHole = Atomic<Int>(0)
