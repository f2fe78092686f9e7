/// How long to wait before the next attempt: doubling from 0.5 s to 10 s, each time with a random part taken off, so that clients of one
/// server do not come back all at once.
package struct ReconnectDelay {
    private static let first: Int64 = 500
    private static let longest: Int64 = 10_000

    private var base = Self.first

    package init() {}

    /// Milliseconds: at least half of the present step, at most all of it, and never under the first.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Int64 {
        let step = self.base
        self.base = min(step * 2, Self.longest)
        return max(Self.first, Int64.random(in: (step / 2)...step, using: &generator))
    }

    /// After an attempt that succeeded.
    package mutating func reset() {
        self.base = Self.first
    }
}
