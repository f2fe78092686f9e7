/// TLS handshakes under way on one loop. Each costs a signature, and its connection nothing yet to whoever opened it. Confined to its loop.
package final class HandshakeCount {
    private let maximum: Int
    private(set) var open = 0
    /// Those that are over.
    package private(set) var completed = 0
    package private(set) var failed = 0

    package init(maximum: Int) {
        self.maximum = maximum
    }

    /// Whether there are as many as may be.
    package var isFull: Bool { self.open >= self.maximum }

    func began() { self.open += 1 }
    func ended(isComplete: Bool) {
        self.open -= 1
        if isComplete { self.completed += 1 } else { self.failed += 1 }
    }
}

@available(*, unavailable) extension HandshakeCount: Sendable {}
