import Simulator
import Testing

/// The simulation's checks can fail: every planted bug is found, and for the reason that it was planted for.
@Suite("Simulation: planted bugs")
struct FlawTests {
    private static let mostSeeds: UInt64 = 10

    private static func sign(of flaw: Flaw) -> [String] {
        switch flaw {
        case .drops: ["missed places"]
        case .duplicates, .replays: ["again or late"]
        case .swaps: ["missed places", "again or late"]
        case .alters: ["is not what was posted"]
        case .acknowledgesLate, .staysSubscribed, .forgetsToRemove, .keepsTheDead:
            ["outside of a subscription", "was queued for", "still has"]
        case .growsBeyondBound: ["bytes wait for connection", "bytes have waited"]
        case .losesWakeUp: ["never fanned out", "has not received", "is never answered", "missed places", "still waits for an answer"]
        case .acceptsTooMuch: ["messages are accepted and not fanned out"]
        }
    }

    @Test("it is found within ten seeds", arguments: Flaw.allCases)
    func found(flaw: Flaw) {
        let report = (1...Self.mostSeeds).lazy.map { Simulation.run(seed: $0, flaw: flaw) }.first { !$0.violations.isEmpty }
        let violation = report?.violations.first ?? "nothing"
        #expect(Self.sign(of: flaw).contains { violation.contains($0) }, "found \(violation)")
    }

    /// What is found is the flaw, and not the conditions that it wants.
    @Test("without the flaw its conditions find nothing", arguments: Flaw.allCases)
    func harmless(flaw: Flaw) {
        for seed in 1...3 as ClosedRange<UInt64> {
            #expect(Simulation.run(seed: seed, underConditionsOf: flaw).violations == [])
        }
    }
}
