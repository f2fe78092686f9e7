import Synchronization

/// How many sessions of all loops began by long-polling and have found no WebSocket since. Each costs memory and, unlike a WebSocket, no
/// connection, so that nothing else bounds them. Used on every loop.
final class PollingPlaces: Sendable {
    private let taken = Atomic<Int>(0)

    /// - Returns: false if all are taken.
    func take(of maximum: Int) -> Bool {
        guard self.taken.add(1, ordering: .relaxed).newValue > maximum else { return true }
        self.giveBack()
        return false
    }

    func giveBack() {
        self.taken.subtract(1, ordering: .relaxed)
    }
}
