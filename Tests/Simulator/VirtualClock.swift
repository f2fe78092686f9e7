import Synchronization

/// The one clock of a simulation, and which loop is running. All loops are on one thread; atomics, as an event loop is `Sendable`.
final class VirtualClock: Sendable {
    /// No loop is running: the network or a client is.
    static let nobody = -1

    private let nanoseconds = Atomic<UInt64>(0)
    private let running = Atomic<Int>(VirtualClock.nobody)
    private let nextSequence = Atomic<UInt64>(0)

    /// Nanoseconds since the simulation began.
    var now: UInt64 { self.nanoseconds.load(ordering: .relaxed) }
    var milliseconds: Int { Int(self.now / 1_000_000) }

    func advance(to time: UInt64) {
        if time > self.now { self.nanoseconds.store(time, ordering: .relaxed) }
    }

    /// A number above all that were given before: what happened before what, finer than time.
    func sequence() -> UInt64 {
        self.nextSequence.add(1, ordering: .relaxed).newValue
    }

    /// Index of the loop that is running.
    var runningLoop: Int { self.running.load(ordering: .relaxed) }

    /// Runs something as if on a loop's thread. Never nested.
    func run<Result>(on loop: Int, _ body: () -> Result) -> Result {
        let before = self.running.exchange(loop, ordering: .relaxed)
        defer { self.running.store(before, ordering: .relaxed) }
        return body()
    }
}
