/// What a backplane has done, for metrics.
package struct BackplaneCounts: Sendable, Equatable {
    /// Channels that Redis was asked for.
    package var channels = 0
    /// Publishes on their way to Redis.
    package var inFlight = 0
    package var connections = 0
    package var published = 0
    /// Publishes that Redis has refused or that it is not known of.
    package var refused = 0
    package var unanswered = 0
    package var received = 0
    /// Messages of emitters.
    package var emitted = 0
    /// Messages that came a second time.
    package var duplicates = 0
    package var gaps = 0
    /// What was no message, and messages of nodes that are newer than this one.
    package var malformed = 0
    package var otherVersions = 0

    package init() {}
}
