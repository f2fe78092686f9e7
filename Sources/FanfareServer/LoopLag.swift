import NIOCore
import Telemetry

/// How late a loop is: four times a second a timer of its own, and how much later than due it fires. Allocates nothing, and costs the
/// messages nothing. Confined to its loop; goes on until that ends.
final class LoopLag {
    private static let interval = TimeAmount.milliseconds(250)

    private let eventLoop: any EventLoop
    private var due = NIODeadline.distantFuture
    private(set) var durations = DurationHistogram()

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Called once, on the loop.
    func start() {
        self.due = self.eventLoop.now + Self.interval
        // It throws only when the loop is shutting down.
        _ = try? self.eventLoop.scheduleCallback(at: self.due, handler: LoopLagCallback(lag: NIOLoopBound(self, eventLoop: self.eventLoop)))
    }

    fileprivate func fire() {
        self.durations.record(nanoseconds: (self.eventLoop.now - self.due).nanoseconds)
        self.start()
    }
}

@available(*, unavailable) extension LoopLag: Sendable {}

private struct LoopLagCallback: NIOScheduledCallbackHandler, Sendable {
    let lag: NIOLoopBound<LoopLag>

    func handleScheduledCallback(eventLoop: some EventLoop) {
        self.lag.value.fire()
    }
}
