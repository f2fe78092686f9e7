/// What one event loop has counted at one moment; of several loops their sum. Taken on the loop.
package struct LoopReading: Sendable, Equatable {
    package var webSocketSessions = 0
    package var pollingSessions = 0
    package var subscriptions = 0
    package var publishes = 0
    package var deliveries = 0
    /// By reason.
    package var refused: [String: Int] = [:]
    package var cut: [String: Int] = [:]
    package var publishDurations = DurationHistogram()
    package var fanOutDurations = DurationHistogram()
    package var lag = DurationHistogram()
    package var receivedBytes = 0
    package var sentBytes = 0
    package var queuedBytes = 0
    package var slowConnections = 0
    package var httpConnections = 0
    /// Answers by status code.
    package var answers: [Int: Int] = [:]
    package var movedSessions = 0
    package var upgrades = 0
    package var completedHandshakes = 0
    package var failedHandshakes = 0
    package var isDraining = false

    package init() {}

    package mutating func add(_ other: LoopReading) {
        self.webSocketSessions &+= other.webSocketSessions
        self.pollingSessions &+= other.pollingSessions
        self.subscriptions &+= other.subscriptions
        self.publishes &+= other.publishes
        self.deliveries &+= other.deliveries
        self.refused.merge(other.refused, uniquingKeysWith: &+)
        self.cut.merge(other.cut, uniquingKeysWith: &+)
        self.publishDurations.add(other.publishDurations)
        self.fanOutDurations.add(other.fanOutDurations)
        self.lag.add(other.lag)
        self.receivedBytes &+= other.receivedBytes
        self.sentBytes &+= other.sentBytes
        self.queuedBytes &+= other.queuedBytes
        self.slowConnections &+= other.slowConnections
        self.httpConnections &+= other.httpConnections
        self.answers.merge(other.answers, uniquingKeysWith: &+)
        self.movedSessions &+= other.movedSessions
        self.upgrades &+= other.upgrades
        self.completedHandshakes &+= other.completedHandshakes
        self.failedHandshakes &+= other.failedHandshakes
        self.isDraining = self.isDraining || other.isDraining
    }
}
