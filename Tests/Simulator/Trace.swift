/// What every actor saw, as one number that two runs of a seed must agree in, and as text if wanted. Each actor has a chain of its own: what the
/// product does to several clients in one moment it may do in any order.
final class Trace {
    private let clock: VirtualClock
    private let isKept: Bool
    private var hashes: [UInt64] = []
    private(set) var lines: [String] = []
    private(set) var count = 0

    init(clock: VirtualClock, isKept: Bool) {
        self.clock = clock
        self.isKept = isKept
    }

    func note(_ actor: Int, _ what: StaticString, _ detail: Int) {
        while self.hashes.count <= actor { self.hashes.append(0xCBF2_9CE4_8422_2325) }
        self.count += 1
        var hash = self.hashes[actor]
        what.withUTF8Buffer { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        for number in [self.clock.now, UInt64(truncatingIfNeeded: detail)] { hash = (hash ^ number) &* 0x100_0000_01B3 }
        self.hashes[actor] = hash
        if self.isKept {
            let time = "\(self.clock.now / 1_000)"
            self.lines.append("\(String(repeating: " ", count: max(0, 10 - time.count)))\(time) us  #\(actor) \(what) \(detail)")
        }
    }

    /// Over all actors, in the order of their numbers.
    var hash: UInt64 {
        self.hashes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01B3 }
    }
}
