import Glibc
import Simulator

/// `simulate --seed N [--seeds COUNT] [--all] [--flaw NAME] [--print] [--hash]`: runs seeds from N on up to the first that breaks a promise (with
/// `--all`: all of them), prints it with how to see it again, and ends with 1 if there is one.
@main
enum Simulate {
    static func main() {
        var seed: UInt64 = 1
        var count: UInt64 = 1
        var flaw: Flaw?
        var prints = false, hashes = false, goesOn = false
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seed": seed = arguments.popFirst().flatMap { UInt64($0) } ?? seed
            case "--seeds": count = arguments.popFirst().flatMap { UInt64($0) } ?? count
            case "--flaw": flaw = arguments.popFirst().flatMap { Flaw(rawValue: $0) }
            case "--print": prints = true
            case "--hash": hashes = true
            case "--all": goesOn = true
            default: self.refuse()
            }
        }
        let start = ContinuousClock.now
        var steps = 0, deliveries = 0, messages = 0, moved = 0, sessions = 0, overloads = 0, failures = 0
        var cuts: [String: Int] = [:]
        for seed in seed..<(seed + count) {
            let report = Simulation.run(seed: seed, flaw: flaw, keepsTrace: prints)
            steps += report.steps
            deliveries += report.deliveries
            messages += report.messages
            moved += report.movedSessions
            sessions += report.sessions
            overloads += report.overloads
            for (reason, number) in report.cuts { cuts[reason, default: 0] += number }
            for line in report.trace { print(line) }
            if hashes { print(seed, String(report.hash, radix: 16)) }
            guard !report.violations.isEmpty else { continue }
            failures += 1
            print("seed \(seed) breaks a promise:")
            for violation in report.violations { print("  \(violation)") }
            print("  \(report.plan)")
            print("  again: swift run simulate --seed \(seed)\(flaw.map { " --flaw \($0.rawValue)" } ?? "") --print")
            if !goesOn { exit(1) }
        }
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
        print(
            "\(count) seeds, \(failures) failed, \(Int(seconds * 1_000)) ms: \(Int(Double(count) / seconds)) seeds/s,"
                + " \(Int(Double(steps) / seconds)) events/s;"
                + " \(sessions) sessions, \(moved) moved, \(messages) messages, \(overloads) refused, \(deliveries) deliveries")
        print("cuts:", cuts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        exit(failures == 0 ? 0 : 1)
    }

    private static func refuse() -> Never {
        let flaws = Flaw.allCases.map(\.rawValue).joined(separator: "|")
        print("simulate --seed N [--seeds COUNT] [--all] [--flaw \(flaws)] [--print] [--hash]")
        exit(64)
    }
}
