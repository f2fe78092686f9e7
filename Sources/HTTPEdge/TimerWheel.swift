package import NIOCore

/// All deadlines of one loop: slots of 16 ms, one scheduled task for the next used slot, nothing scheduled while it is empty. Confined to
/// its loop.
package final class TimerWheel {
    private static let slotMilliseconds: Int64 = 16
    private static let slotCount = 4096

    private let eventLoop: any EventLoop
    private var slots: [[any TimerWheelClient]]
    /// One bit a slot that is not empty.
    private var used: [UInt64]
    /// Slots up to this one have been worked off.
    private var tick: Int64 = 0
    private var armed: (task: Scheduled<Void>, tick: Int64)?

    /// Called on the loop.
    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.slots = Array(repeating: [], count: Self.slotCount)
        self.used = Array(repeating: 0, count: Self.slotCount / 64)
        self.tick = self.now / Self.slotMilliseconds
    }

    package var now: Milliseconds {
        Int64(truncatingIfNeeded: self.eventLoop.now.uptimeNanoseconds / 1_000_000)
    }

    /// The client is looked at no later than at `deadline` (plus a slot). An earlier look that is due anyway will do.
    package func schedule(_ client: any TimerWheelClient, at deadline: Milliseconds) {
        if let earlier = client.wheelDeadline, earlier <= deadline { return }
        // Beyond the horizon it is looked at on the way.
        let horizon = (self.tick + Int64(Self.slotCount) - 1) * Self.slotMilliseconds
        let looked = min(deadline, horizon)
        client.wheelDeadline = looked
        // A slot is worked off when all of its time has passed: never early.
        let tick = max((looked + Self.slotMilliseconds - 1) / Self.slotMilliseconds, self.tick + 1)
        let slot = Self.slot(tick)
        self.slots[slot].append(client)
        self.used[slot / 64] |= 1 << UInt64(slot % 64)
        if self.armed.map({ tick < $0.tick }) ?? true { self.arm(tick) }
    }

    private func arm(_ tick: Int64) {
        self.armed?.task.cancel()
        let time = NIODeadline.uptimeNanoseconds(UInt64(max(tick * Self.slotMilliseconds, 0)) * 1_000_000)
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.turn() }
        self.armed = (task, tick)
    }

    private func turn() {
        self.armed = nil
        let now = self.now
        let current = now / Self.slotMilliseconds
        while let next = self.nextUsedTick(), next <= current {
            self.tick = next
            self.workOff(Self.slot(next), now: now)
        }
        self.tick = max(self.tick, current)
        if self.armed == nil, let next = self.nextUsedTick() { self.arm(next) }
    }

    private func workOff(_ slot: Int, now: Milliseconds) {
        var clients: [any TimerWheelClient] = []
        swap(&clients, &self.slots[slot])
        self.used[slot / 64] &= ~(1 << UInt64(slot % 64))
        for client in clients {
            // Entries that an earlier look has replaced are not due.
            guard let due = client.wheelDeadline, due <= now else { continue }
            client.wheelDeadline = nil
            if let next = client.wheelFired(now: now) { self.schedule(client, at: next) }
        }
        if self.slots[slot].isEmpty {
            clients.removeAll(keepingCapacity: clients.capacity <= 64)
            self.slots[slot] = clients
        }
    }

    /// The next slot after `tick` that is not empty, as a tick.
    private func nextUsedTick() -> Int64? {
        let start = Self.slot(self.tick + 1)
        var word = start / 64
        var bits = self.used[word] & (~0 << UInt64(start % 64))
        for _ in 0...self.used.count {
            if bits != 0 {
                let slot = word * 64 + bits.trailingZeroBitCount
                return self.tick + 1 + Int64((slot - start + Self.slotCount) % Self.slotCount)
            }
            word = (word + 1) % self.used.count
            bits = self.used[word]
        }
        return nil
    }

    private static func slot(_ tick: Int64) -> Int {
        Int(tick % Int64(Self.slotCount))
    }
}

@available(*, unavailable) extension TimerWheel: Sendable {}
