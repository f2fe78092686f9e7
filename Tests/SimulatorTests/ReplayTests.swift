import Simulator
import Testing

/// A seed says everything: a failure can be seen again.
@Suite("Simulation: replay")
struct ReplayTests {
    /// Some that drain, move sessions and cut queues are among them.
    private static let seeds: ClosedRange<UInt64> = 1...40

    private static func hashes() -> String {
        Self.seeds.map { String(Simulation.run(seed: $0).hash, radix: 16) }.joined(separator: " ")
    }

    @Test("a seed does the same again, and no two seeds do")
    func again() {
        let first = Self.hashes()
        #expect(first == Self.hashes())
        #expect(Set(first.split(separator: " ")).count == Self.seeds.count)
    }

    /// Dictionaries have another order there.
    @Test("a seed does the same in another process")
    func elsewhere() async throws {
        let child = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            print("hashes:", Self.hashes())
        }
        let lines = String(decoding: child.standardOutputContent, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.hasSuffix("hashes: \(Self.hashes())") })
    }

    @Test("the trace is kept if it is wanted, and changes nothing")
    func trace() {
        let plain = Simulation.run(seed: 3), traced = Simulation.run(seed: 3, keepsTrace: true)
        #expect(plain.trace.isEmpty && traced.trace.count > 50)
        #expect(plain.hash == traced.hash)
    }
}
