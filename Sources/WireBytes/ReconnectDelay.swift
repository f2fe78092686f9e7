/// How long to wait before the next attempt: doubling, each time with a random part taken off, so that those who were cut off together do not
/// come back all at once.
package struct ReconnectDelay: Sendable {
    private let first: Int64
    private let longest: Int64
    private var base: Int64

    /// - Parameters:
    ///   - first: of the first wait, in milliseconds.
    ///   - longest: no wait is longer.
    package init(first: Int64 = 500, longest: Int64 = 10_000) {
        self.first = first
        self.longest = longest
        self.base = first
    }

    /// Milliseconds: at least half of the present step, at most all of it, and never under the first.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Int64 {
        let step = self.base
        self.base = min(step * 2, self.longest)
        return max(self.first, Int64.random(in: (step / 2)...step, using: &generator))
    }

    /// After an attempt that succeeded.
    package mutating func reset() {
        self.base = self.first
    }
}
