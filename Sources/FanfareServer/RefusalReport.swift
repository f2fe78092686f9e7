import Logging

/// What was refused and cut since the last look, one line a reason however often it happened: an attack fills counters, not the disk.
struct RefusalReport {
    private var known: [String: Int] = [:]

    /// - Parameter counts: sums over all loops, by what happened and why (`refused reason`).
    mutating func log(_ counts: [String: Int], to logger: Logger) {
        for (what, count) in counts.sorted(by: { $0.key < $1.key }) {
            let more = count - (self.known[what] ?? 0)
            guard more > 0 else { continue }
            self.known[what] = count
            let words = what.split(separator: " ", maxSplits: 1)
            logger.notice("\(words[0])", metadata: ["reason": "\(words.last ?? "")", "count": "\(more)", "total": "\(count)"])
        }
    }
}
