import Broadcast
import EngineIO
import HTTPEdge

/// The sessions of one loop whose clients do not keep up: how long their oldest byte waits, and what all of them hold together
/// (contract 7). Looks at them ten times a second while there are any, and costs nothing otherwise. Confined to its loop.
final class QueueWatch {
    /// From here on a queue is looked after; on a WebSocket what the channel's high water mark says. A smaller one that stands still ends
    /// with the heartbeat.
    static let notableBytes = 4_096
    private static let interval: Milliseconds = 100
    /// The rest follows an interval later, if it still has to.
    private static let mostCutAtOnce = 64

    /// How far a queue had been filled at some time: once it is sent that far, all that was queued by then is.
    private struct Mark {
        let time: Milliseconds
        let enqueued: Int
        /// Bytes that the shard had fanned out by then.
        let fannedOut: Int
    }

    private struct Entry {
        let session: EngineSession
        /// Ascending, in the order in which they fell behind: what is done to several does not depend on a dictionary's order.
        let number: UInt64
        var marks: [Mark]
        var queued = 0
    }

    private let shard: LoopShard
    private let wheel: TimerWheel
    private var maximumAge: Int64
    private var maximumBytes: Int
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var lastNumber: UInt64 = 0
    var wheelDeadline: Milliseconds?

    init(shard: LoopShard, wheel: TimerWheel, settings: RealtimeSettings) {
        self.shard = shard
        self.wheel = wheel
        self.maximumAge = settings.queueAge
        self.maximumBytes = settings.loopQueueBytes
    }

    func apply(_ settings: RealtimeSettings) {
        self.maximumAge = settings.queueAge
        self.maximumBytes = settings.loopQueueBytes
    }

    /// A session is behind. Called after a write attempt, possibly within a fan-out.
    func watch(_ session: EngineSession) {
        guard self.entries[ObjectIdentifier(session)] == nil else { return }
        let fannedOut = self.shard.fannedOutBytes - session.queuedBytes
        self.lastNumber += 1
        self.entries[ObjectIdentifier(session)] = Entry(
            session: session, number: self.lastNumber,
            marks: [Mark(time: self.wheel.now, enqueued: session.enqueuedBytes, fannedOut: fannedOut)], queued: session.queuedBytes)
        self.wheel.schedule(self, at: self.wheel.now + Self.interval)
    }

    /// The session changes transports.
    func forget(_ session: EngineSession) {
        self.entries[ObjectIdentifier(session)] = nil
    }

    /// Sessions that are behind, and what they had queued when they were last looked at.
    var slowSessions: (count: Int, queuedBytes: Int) {
        (self.entries.count, self.entries.values.reduce(0) { $0 &+ $1.queued })
    }

    /// For how long the session's oldest byte waits; 0 if it is not behind.
    func age(of session: EngineSession) -> Milliseconds {
        guard let entry = self.entries[ObjectIdentifier(session)], let oldest = entry.marks.first else { return 0 }
        return self.wheel.now - oldest.time
    }

    /// Those who are behind, up to `most`, whose oldest byte waits longest first.
    func oldest(most: Int) -> [EngineSession] {
        self.entries.values.sorted { ($0.marks.first?.time ?? .max, $0.number) < ($1.marks.first?.time ?? .max, $1.number) }
            .prefix(most).map(\.session)
    }

    private func look(now: Milliseconds) {
        var overdue: [Entry] = []
        for (key, var entry) in self.entries {
            entry.queued = entry.session.queuedBytes
            guard entry.queued > 0 else {
                self.entries[key] = nil
                continue
            }
            let enqueued = entry.session.enqueuedBytes
            entry.marks.removeAll { $0.enqueued <= enqueued - entry.queued }
            if entry.marks.last.map({ now - $0.time >= max(self.maximumAge / 32, Self.interval) }) ?? true {
                entry.marks.append(Mark(time: now, enqueued: enqueued, fannedOut: self.shard.fannedOutBytes))
            }
            if entry.session.application != nil, let oldest = entry.marks.first, now - oldest.time >= self.maximumAge {
                self.entries[key] = nil
                overdue.append(entry)
            } else {
                self.entries[key] = entry
            }
        }
        for entry in overdue.sorted(by: { $0.number < $1.number }) { entry.session.close(.queueAge) }
        self.cutLargest()
    }

    /// Queues share what was fanned out to many: together they hold no more of that than was fanned out since the oldest of them stands
    /// still. What a queue holds beyond what was fanned out since it stands still is its own.
    private func cutLargest() {
        guard self.entries.values.reduce(0, { $0 + $1.queued }) > self.maximumBytes else { return }
        // Of equals, whoever is behind for longer.
        let order = self.entries.sorted { ($1.value.queued, $0.value.number) < ($0.value.queued, $1.value.number) }
        for (key, entry) in order.prefix(Self.mostCutAtOnce) {
            guard self.heldBytes > self.maximumBytes else { return }
            self.entries[key] = nil
            entry.session.close(.allQueues)
            entry.session.dropQueue()
        }
    }

    private var heldBytes: Int {
        var shared = 0, own = 0, longest = 0
        for entry in self.entries.values {
            let fannedOut = self.shard.fannedOutBytes - (entry.marks.first?.fannedOut ?? self.shard.fannedOutBytes)
            longest = max(longest, fannedOut)
            shared += min(entry.queued, fannedOut)
            own += max(entry.queued - fannedOut, 0)
        }
        return min(shared, longest) + own
    }
}

extension QueueWatch: TimerWheelClient {
    func wheelFired(now: Milliseconds) -> Milliseconds? {
        self.look(now: now)
        return self.entries.isEmpty ? nil : now + Self.interval
    }
}

@available(*, unavailable) extension QueueWatch: Sendable {}
