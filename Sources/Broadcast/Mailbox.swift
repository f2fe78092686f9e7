import NIOCore
import Synchronization

/// What other threads have for a loop, in the order in which it was put there.
///
/// Filled under a short lock from any thread, emptied by the loop once a turn: under load hundreds of messages cost one wake-up, and
/// while a loop is busy with a fan-out its next batch gathers here.
final class Mailbox: Sendable {
    /// A message together with its place in the order of its channel's stripe.
    struct Post: Sendable {
        let publication: Publication
        let sequence: UInt64
    }

    private struct State {
        var posts: [Post] = []
        var tasks: [@Sendable (LoopShard) -> Void] = []
        var isDrainScheduled = false

        /// Whether the caller has to wake the loop.
        mutating func needsWaking() -> Bool {
            defer { self.isDrainScheduled = true }
            return !self.isDrainScheduled
        }
    }

    let eventLoop: any EventLoop
    private let state = Mutex(State())
    /// Empty until the loop has made its shard; nothing can be addressed to the loop before that.
    private let shard: NIOLoopBoundBox<LoopShard?>
    /// Made once, so that waking the loop allocates no closure.
    private let drain: @Sendable () -> Void

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        let shard = NIOLoopBoundBox.makeEmptyBox(valueType: LoopShard.self, eventLoop: eventLoop)
        self.shard = shard
        self.drain = { shard.value?.drain() }
    }

    /// Called once, on the loop.
    func attach(_ shard: LoopShard) {
        self.shard.value = shard
    }

    /// Called from any thread that an `append` told to.
    func wake() {
        self.eventLoop.execute(self.drain)
    }

    /// - Returns: whether the caller has to wake the loop, after it has let go of its own lock.
    func append(_ post: Post) -> Bool {
        self.state.withLock { state in
            state.posts.append(post)
            return state.needsWaking()
        }
    }

    /// Adds work that the loop does before it fans out the posts that it finds in the mailbox.
    /// - Returns: as `append(_:)`.
    func append(task: @escaping @Sendable (LoopShard) -> Void) -> Bool {
        self.state.withLock { state in
            state.tasks.append(task)
            return state.needsWaking()
        }
    }

    /// Takes everything out; the emptied arrays go back in, so that in the steady state nothing is allocated. The loop stays awake until
    /// `finishDrain`: whoever adds something in the meantime need not wake it.
    func take(posts: inout [Post], tasks: inout [@Sendable (LoopShard) -> Void]) {
        self.state.withLock { state in
            swap(&state.posts, &posts)
            swap(&state.tasks, &tasks)
        }
    }

    /// The loop has fanned out what it took. If more has come in the meantime, the next drain follows, but not at once: events that wait on
    /// the loop's sockets go first, publishes among them, so that a busy loop drains once a turn and writes once for many messages.
    func finishDrain(breath: TimeAmount) {
        let hasMore = self.state.withLock { state in
            state.isDrainScheduled = !state.posts.isEmpty || !state.tasks.isEmpty
            return state.isDrainScheduled
        }
        if hasMore {
            self.eventLoop.scheduleTask(in: breath, self.drain)
        }
    }

    /// The shortest pause: long enough for the loop to look at its sockets before the next drain, nothing beside a fan-out.
    static let breath = TimeAmount.microseconds(10)

    /// The posts of some channels that the loop has not taken yet.
    func posts(where isWanted: (Post) -> Bool) -> [Post] {
        self.state.withLock { $0.posts.filter(isWanted) }
    }
}
