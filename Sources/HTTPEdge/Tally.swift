/// What this loop has refused and what it has cut, by reason (contract 7, "a counter"). The reasons are metric labels: lower case, words
/// joined by `_`. Confined to its loop; whoever wants the sums asks each loop.
package final class Tally {
    /// Requests, packets and connections that were not taken.
    package private(set) var refused: [String: Int] = [:]
    /// Connections and sessions that were ended from this side.
    package private(set) var cut: [String: Int] = [:]

    package init() {}

    package func refuse(_ reason: StaticString) {
        self.refused[reason.description, default: 0] += 1
    }

    package func cut(_ reason: StaticString) {
        self.cut[reason.description, default: 0] += 1
    }
}

@available(*, unavailable) extension Tally: Sendable {}
