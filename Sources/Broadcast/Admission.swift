import Synchronization

/// The bound on messages that were accepted and are not fanned out yet (contract 7). Taken before a message gets its place in its
/// channel's order, so that a refused message was sent to nobody.
final class Admission: Sendable {
    private let maximumBytes: Atomic<Int>
    private let maximumMessages: Atomic<Int>
    private let bytes = Atomic<Int>(0)
    private let messages = Atomic<Int>(0)

    init(maximumBytes: Int, maximumMessages: Int) {
        self.maximumBytes = Atomic(maximumBytes)
        self.maximumMessages = Atomic(maximumMessages)
    }

    /// Called on any thread, when the configuration was read anew.
    func apply(maximumBytes: Int, maximumMessages: Int) {
        self.maximumBytes.store(maximumBytes, ordering: .relaxed)
        self.maximumMessages.store(maximumMessages, ordering: .relaxed)
    }

    /// Called on any loop by a publish.
    func tryTake(bytes count: Int) -> Bool {
        let messages = self.messages.add(1, ordering: .relaxed).newValue
        let bytes = self.bytes.add(count, ordering: .relaxed).newValue
        // One message alone always fits: a bound below the largest message must not refuse it for ever.
        if messages > self.maximumMessages.load(ordering: .relaxed)
            || (bytes > self.maximumBytes.load(ordering: .relaxed) && messages > 1)
        {
            self.giveBack(bytes: count)
            return false
        }
        return true
    }

    /// Takes a message that cannot be refused.
    /// - Returns: whether it is still within the bounds.
    func take(bytes count: Int) -> Bool {
        let messages = self.messages.add(1, ordering: .relaxed).newValue
        let bytes = self.bytes.add(count, ordering: .relaxed).newValue
        return messages <= self.maximumMessages.load(ordering: .relaxed) && bytes <= self.maximumBytes.load(ordering: .relaxed)
    }

    var isFull: Bool {
        self.messages.load(ordering: .relaxed) >= self.maximumMessages.load(ordering: .relaxed)
            || self.bytes.load(ordering: .relaxed) >= self.maximumBytes.load(ordering: .relaxed)
    }

    func giveBack(bytes count: Int) {
        self.messages.subtract(1, ordering: .relaxed)
        self.bytes.subtract(count, ordering: .relaxed)
    }

    /// Messages accepted and not yet fanned out on every loop.
    var pendingMessages: Int {
        self.messages.load(ordering: .relaxed)
    }
}
