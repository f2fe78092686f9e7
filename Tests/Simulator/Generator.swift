import TestSupport

/// The random numbers of one actor: from the seed and the actor's number, so that what one does changes nothing for another.
struct Generator {
    private var base: SeededGenerator

    init(seed: UInt64, actor: Int) {
        self.base = SeededGenerator(seed: seed &* 0x2545_F491_4F6C_DD1D ^ UInt64(truncatingIfNeeded: actor) &* 0x9E37_79B9_7F4A_7C15)
        self.base = SeededGenerator(seed: self.base.next())
    }

    /// 0 up to, and without, the limit.
    mutating func below(_ limit: Int) -> Int {
        Int(truncatingIfNeeded: self.base.next() >> 33) % max(limit, 1)
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + self.below(range.upperBound - range.lowerBound + 1)
    }

    mutating func milliseconds(_ range: ClosedRange<Int>) -> UInt64 {
        UInt64(self.within(range)) * 1_000_000
    }

    /// - Parameter probability: in thousandths.
    mutating func happens(_ probability: Int) -> Bool {
        self.below(1_000) < probability
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[self.below(choices.count)]
    }

    /// Nanoseconds on the network.
    mutating func latency(_ plan: Plan) -> UInt64 {
        UInt64(self.within(plan.latencyMicroseconds)) * 1_000
    }
}
