/// What this loop has counted of its connections: refused and cut by reason (contract 7, "a counter"), bytes, answers. The reasons are
/// metric labels: lower case, words joined by `_`. Confined to its loop; whoever wants the sums asks each loop.
package final class Tally {
    /// Requests, packets and connections that were not taken.
    package private(set) var refused: [String: Int] = [:]
    /// Connections and sessions that were ended from this side.
    package private(set) var cut: [String: Int] = [:]
    /// Bytes that connections have read and been given; inside TLS, if there is any.
    package var receivedBytes = 0
    package var sentBytes = 0
    /// By status code, from `firstCode` on.
    private var answersByCode = [Int](repeating: 0, count: 500)
    private static let firstCode = 100

    package init() {}

    package func refuse(_ reason: StaticString) {
        self.refused[reason.description, default: 0] += 1
    }

    package func cut(_ reason: StaticString) {
        self.cut[reason.description, default: 0] += 1
    }

    /// A request got its answer; 101 is an upgrade.
    func answered(code: Int) {
        let index = code - Self.firstCode
        guard self.answersByCode.indices.contains(index) else { return }
        self.answersByCode[index] &+= 1
    }

    /// Answers by status code: every code that this server gives, and 101.
    package var answers: [Int: Int] {
        var counts = Dictionary(uniqueKeysWithValues: Status.allCases.map { ($0.code, 0) })
        counts[101] = 0
        for code in counts.keys { counts[code] = self.answersByCode[code - Self.firstCode] }
        return counts
    }
}

@available(*, unavailable) extension Tally: Sendable {}
