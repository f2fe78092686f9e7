import Dispatch
import NIOCore
import Synchronization

/// An event loop without a thread: the world runs its tasks one at a time, in an order that the seed decides. Immediate tasks run in the
/// order in which they came, timers in the order of their deadlines, as on a real loop; which of the two is next is open, as it is there.
///
/// `inEventLoop` is true only while the world runs this loop, so that everything the product binds to a loop is checked for real.
final class SimulatedLoop: EventLoop {
    private struct Timer {
        let deadline: UInt64
        let number: UInt64
        let task: @Sendable () -> Void
    }

    private struct Queue {
        var tasks = CircularBuffer<@Sendable () -> Void>()
        /// The latest first; few at a time.
        var timers: [Timer] = []
        var lastNumber: UInt64 = 0
        var swallows = 0
    }

    let index: Int
    let clock: VirtualClock
    private let queue = Mutex(Queue())

    init(index: Int, clock: VirtualClock) {
        self.index = index
        self.clock = clock
    }

    // MARK: - For the world

    var hasTask: Bool { self.queue.withLock { !$0.tasks.isEmpty } }

    /// When the earliest timer is due.
    var nextDeadline: UInt64? { self.queue.withLock { $0.timers.last?.deadline } }

    /// Runs the first immediate task.
    func runTask() {
        guard let task = self.queue.withLock({ $0.tasks.popFirst() }) else { return }
        self.clock.run(on: self.index, task)
    }

    /// Runs the earliest timer, if it is due.
    func runTimer() {
        let now = self.clock.now
        let task = self.queue.withLock { queue -> (@Sendable () -> Void)? in
            guard let timer = queue.timers.last, timer.deadline <= now else { return nil }
            return queue.timers.removeLast().task
        }
        if let task { self.clock.run(on: self.index, task) }
    }

    /// Runs what the operating system would: a socket of this loop is ready.
    func run<Result>(_ body: () -> Result) -> Result {
        self.clock.run(on: self.index, body)
    }

    /// A planted flaw: the next task from another loop is lost.
    func swallowNextTask() {
        self.queue.withLock { $0.swallows += 1 }
    }

    // MARK: - EventLoop

    var inEventLoop: Bool { self.clock.runningLoop == self.index }
    var now: NIODeadline { .uptimeNanoseconds(self.clock.now) }

    func execute(_ task: @escaping @Sendable () -> Void) {
        let isForeign = !self.inEventLoop
        self.queue.withLock { queue in
            if isForeign, queue.swallows > 0 {
                queue.swallows -= 1
            } else {
                queue.tasks.append(task)
            }
        }
    }

    @discardableResult
    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let number = self.queue.withLock { queue -> UInt64 in
            queue.lastNumber += 1
            let timer = Timer(deadline: deadline.uptimeNanoseconds, number: queue.lastNumber) {
                do {
                    promise.assumeIsolated().succeed(try task())
                } catch {
                    promise.fail(error)
                }
            }
            // Behind all that are later; of equal ones the first to come is the first to go.
            let place = queue.timers.firstIndex { $0.deadline <= timer.deadline } ?? queue.timers.count
            queue.timers.insert(timer, at: place)
            return timer.number
        }
        return Scheduled(promise: promise) { self.queue.withLock { $0.timers.removeAll { $0.number == number } } }
    }

    @discardableResult
    func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.scheduleTask(deadline: self.now + delay, task)
    }

    func preconditionInEventLoop(file: StaticString, line: UInt) {
        precondition(self.inEventLoop, "used off its loop", file: file, line: line)
    }

    func preconditionNotInEventLoop(file: StaticString, line: UInt) {
        precondition(!self.inEventLoop, "used on its loop", file: file, line: line)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }
}
