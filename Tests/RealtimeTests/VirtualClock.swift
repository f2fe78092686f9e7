import Synchronization

/// The time of day in a test: it moves when the test says so.
final class VirtualClock: Sendable {
    /// Milliseconds since 1970 at the start.
    static let start: Int64 = 1_700_000_000_000

    private let time = Atomic<Int64>(VirtualClock.start)

    var now: Int64 { self.time.load(ordering: .relaxed) }

    func advance(_ milliseconds: Int64) {
        self.time.add(milliseconds, ordering: .relaxed)
    }
}
