package import NIOCore

/// Milliseconds on the loop's monotonic clock.
package typealias Milliseconds = Int64

/// Deadlines of one loop's connections: 4,096 slots of 16 ms, one callback of the loop for the next used slot, none while it is empty.
///
/// A deadline that moves later costs nothing: the client is looked at when the old one comes and tells the new one. One that moves earlier
/// adds an entry; the old entry no longer matches the client's `wheelDeadline` and is dropped when its slot comes. Confined to its loop;
/// entries hold their clients strongly.
package final class TimerWheel {
    private static let slotCount = 4_096
    private static let slotWidth: Milliseconds = 16

    private let eventLoop: any EventLoop
    private var entries = TimerWheelEntries(slotCount: TimerWheel.slotCount)
    /// The last slot time that was worked off.
    private var currentTick: Int64
    private var armedTick: Int64?
    private var callback: NIOScheduledCallback?
    private var isFiring = false

    /// - Parameter eventLoop: the loop that it lives on; called on it.
    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.currentTick = 0
        self.currentTick = self.now / Self.slotWidth
    }

    /// The loop's clock.
    package var now: Milliseconds {
        Milliseconds(self.eventLoop.now.uptimeNanoseconds / 1_000_000)
    }

    /// Has `client` looked at no earlier than `deadline` and at most a slot's width (16 ms) after it, or earlier if that was asked for before.
    /// A deadline beyond the horizon (65 s) is looked at there first.
    package func schedule(_ client: any TimerWheelClient, at deadline: Milliseconds) {
        if self.entries.isEmpty, !self.isFiring {
            self.currentTick = self.now / Self.slotWidth
        }
        let (padded, overflow) = deadline.addingReportingOverflow(Self.slotWidth - 1)
        let wanted = overflow ? Int64.max : padded / Self.slotWidth
        let tick = min(max(wanted, self.currentTick + 1), self.currentTick + Int64(Self.slotCount) - 1)
        let time = tick * Self.slotWidth
        if let planned = client.wheelDeadline, planned <= time { return }
        client.wheelDeadline = time
        self.entries.insert(client, time: time, slot: Int(tick) & (Self.slotCount - 1))
        if !self.isFiring {
            self.arm(tick)
        }
    }

    /// Called by the loop at the armed slot's time.
    fileprivate func fire() {
        self.callback = nil
        self.armedTick = nil
        self.isFiring = true
        let now = self.now
        let nowTick = now / Self.slotWidth
        while let tick = self.nextUsedTick(), tick <= nowTick {
            self.currentTick = tick
            self.workOff(tick, now: now)
        }
        self.isFiring = false
        self.currentTick = max(self.currentTick, nowTick)
        if let next = self.nextUsedTick() {
            self.arm(next)
        }
    }

    private func workOff(_ tick: Int64, now: Milliseconds) {
        let time = tick * Self.slotWidth
        var chain = self.entries.detach(slot: Int(tick) & (Self.slotCount - 1))
        while let client = self.entries.popFirst(&chain, time: time) {
            // Stale: it was looked at, or asked for an earlier look, since this entry was made.
            guard client.wheelDeadline == time else { continue }
            client.wheelDeadline = nil
            if let next = client.wheelFired(now: now) {
                self.schedule(client, at: next)
            }
        }
    }

    private func nextUsedTick() -> Int64? {
        let first = self.currentTick + 1
        guard let distance = self.entries.distanceToUsedSlot(from: Int(first) & (Self.slotCount - 1)) else { return nil }
        return first + Int64(distance)
    }

    private func arm(_ tick: Int64) {
        if let armed = self.armedTick {
            guard tick < armed else { return }
            self.callback?.cancel()
        }
        self.armedTick = tick
        let time = NIODeadline.uptimeNanoseconds(UInt64(clamping: tick * Self.slotWidth) &* 1_000_000)
        // It throws only when the loop is shutting down.
        self.callback = try? self.eventLoop.scheduleCallback(
            at: time, handler: TimerWheelCallback(wheel: NIOLoopBound(self, eventLoop: self.eventLoop)))
    }
}

@available(*, unavailable) extension TimerWheel: Sendable {}

private struct TimerWheelCallback: NIOScheduledCallbackHandler, Sendable {
    let wheel: NIOLoopBound<TimerWheel>

    func handleScheduledCallback(eventLoop: some EventLoop) {
        self.wheel.value.fire()
    }
}
