import Testing

@testable import Backplane

@Suite("Simulated cluster")
struct ClusterSimulationTests {
    @Test("no seed breaks a promise: one order, nothing twice, every loss announced", arguments: 0..<8 as Range<UInt64>)
    func seeds(part: UInt64) {
        var faults = 0, losses = 0, deliveries = 0
        for seed in (part * 25)..<(part * 25 + 25) {
            var cluster = SimulatedCluster(seed: seed)
            cluster.run()
            let verdict = cluster.verdict()
            #expect(verdict == nil, "seed \(seed)")
            faults += cluster.faults
            losses += cluster.losses
            deliveries += cluster.subscribers.reduce(0) { $0 + $1.entries.count }
        }
        // They reach what they are for.
        #expect(faults > 100 && losses > 100 && deliveries > 10_000)
    }

    @Test("what is wrong on purpose is found", arguments: SimulatedCluster.Flaw.allCases)
    func flaws(flaw: SimulatedCluster.Flaw) {
        let found = (0..<40 as Range<UInt64>).contains { seed in
            var cluster = SimulatedCluster(seed: seed, flaw: flaw)
            cluster.run()
            return cluster.verdict() != nil
        }
        #expect(found)
    }
}
