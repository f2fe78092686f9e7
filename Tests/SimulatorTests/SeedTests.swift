import Simulator
import Testing

/// The product's own code with whole connections, in virtual time: no seed may find a broken promise. Thousands more run in
/// `simulate --seeds`, which `scripts/test.sh` does in a release build.
@Suite("Simulation: seeds")
struct SeedTests {
    /// As many as a debug build runs in about half a minute on one core.
    private static let seeds: ClosedRange<UInt64> = 1...200

    /// Of all seeds, in their order; made once for all tests.
    private static let reports = Task {
        await withTaskGroup(of: [Simulation.Report].self) { group in
            let portion = 25
            for first in stride(from: Self.seeds.lowerBound, through: Self.seeds.upperBound, by: portion) {
                group.addTask {
                    (first..<min(first + UInt64(portion), Self.seeds.upperBound + 1)).map { Simulation.run(seed: $0) }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }.sorted { $0.plan.seed < $1.plan.seed }
        }
    }

    @Test("no seed breaks a promise")
    func promises() async {
        for report in await Self.reports.value where !report.violations.isEmpty {
            Issue.record(
                """
                Seed \(report.plan.seed): \(report.violations.joined(separator: "; "))
                \(report.plan)
                Again: swift run simulate --seed \(report.plan.seed) --print
                """)
        }
    }

    /// What is not reached is not tested.
    @Test("the seeds reach what they are for")
    func reach() async {
        let reports = await Self.reports.value
        func sum(_ count: KeyPath<Simulation.Report, Int>) -> Int { reports.reduce(0) { $0 + $1[keyPath: count] } }
        #expect(sum(\.deliveries) >= 10_000)
        #expect(sum(\.movedSessions) >= 100)
        #expect(sum(\.overloads) >= 50)
        #expect(sum(\.drains) >= 70)
        #expect(sum(\.earlyDrains) >= 20)
    }

    @Test(
        "connections and sessions are cut for every reason that the faults give",
        arguments: [
            ("queue_bytes", 20), ("queue_age", 10), ("all_queues", 1), ("write_deadline", 1), ("ping_timeout", 100), ("parse_error", 80),
            ("close_deadline", 50), ("idle_deadline", 100), ("server_shutdown", 200),
        ])
    func cuts(reason: String, minimum: Int) async {
        let sum = await Self.reports.value.reduce(0) { $0 + $1.cuts[reason, default: 0] }
        #expect(sum >= minimum)
    }
}
