/// A histogram that somebody else fills, who need not know what it is. Confined to its loop.
package final class DurationRecorder {
    package private(set) var durations = DurationHistogram()

    package init() {}

    package func record(nanoseconds: Int64) {
        self.durations.record(nanoseconds: nanoseconds)
    }
}

@available(*, unavailable) extension DurationRecorder: Sendable {}
