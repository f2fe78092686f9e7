/// A rate with a burst: refilled steadily, never fuller than the burst. A value without a clock.
package struct TokenBucket: Sendable {
    private let perSecond: Int32
    private let burst: Int32
    /// Thousandths of a token.
    private var level: Int64
    private var filledAt: Int64

    /// - Parameter now: milliseconds of any steady clock.
    package init(perSecond: Int, burst: Int, now: Int64) {
        self.perSecond = Int32(clamping: perSecond)
        self.burst = Int32(clamping: burst)
        self.level = Int64(self.burst) * 1_000
        self.filledAt = now
    }

    /// Takes one token. Returns false when there is none.
    package mutating func take(now: Int64) -> Bool {
        if now > self.filledAt {
            let elapsed = min(now &- self.filledAt, 3_600_000)
            self.level = min(self.level &+ elapsed &* Int64(self.perSecond), Int64(self.burst) &* 1_000)
            self.filledAt = now
        }
        guard self.level >= 1_000 else { return false }
        self.level &-= 1_000
        return true
    }
}
