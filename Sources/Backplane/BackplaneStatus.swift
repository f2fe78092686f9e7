import Synchronization

/// Whether Redis is there, for those who have to know at once. Written on the backplane's thread, read on any.
package final class BackplaneStatus: Sendable {
    private let takesPublishes = Atomic(false)
    private let bringsMessages = Atomic(false)
    private let reached = Atomic(false)

    /// Publishes can be sent.
    package var canPublish: Bool { self.takesPublishes.load(ordering: .acquiring) }
    /// Publishes can be sent, and messages arrive.
    package var isUp: Bool { self.canPublish && self.bringsMessages.load(ordering: .acquiring) }
    /// It was up once.
    package var wasReached: Bool { self.reached.load(ordering: .acquiring) }

    func set(canPublish: Bool, bringsMessages: Bool) {
        self.takesPublishes.store(canPublish, ordering: .releasing)
        self.bringsMessages.store(bringsMessages, ordering: .releasing)
        if canPublish, bringsMessages { self.reached.store(true, ordering: .releasing) }
    }
}
