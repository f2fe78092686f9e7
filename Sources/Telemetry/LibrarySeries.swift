import CoreMetrics
import Synchronization

/// One series of a library beneath the server. Used from any thread.
final class LibrarySeries: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    struct State {
        /// A gauge's or counter's value, a summary's sum.
        var value = 0.0
        /// Of a summary.
        var count = 0
        /// Of a timer.
        var durations = DurationHistogram()
    }

    /// A gauge's last value counts, a summary's values are added.
    private let isGauge: Bool
    private let state = Mutex(State())

    init(_ kind: MetricKind) {
        self.isGauge = kind == .gauge
    }

    var reading: State { self.state.withLock { $0 } }

    func increment(by amount: Int64) { self.state.withLock { $0.value += Double(amount) } }
    func reset() { self.state.withLock { $0 = State() } }

    func set(_ value: Int64) { self.set(Double(value)) }
    func set(_ value: Double) { self.state.withLock { $0.value = value } }
    func increment(by amount: Double) { self.state.withLock { $0.value += amount } }
    func decrement(by amount: Double) { self.state.withLock { $0.value -= amount } }

    func record(_ value: Int64) { self.record(Double(value)) }
    func record(_ value: Double) {
        self.state.withLock { state in
            state.value = self.isGauge ? value : state.value + value
            state.count &+= 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { self.state.withLock { $0.durations.record(nanoseconds: duration) } }
}
