import WireBytes

/// A message's place in its channel (contract 4): the offset counts by one within an epoch, and a new epoch says that Redis has forgotten the
/// one before. The offset alone is a valid entry of a Redis stream (`7-0`).
package struct Position: Hashable, Sendable {
    /// Random, made with the channel's key.
    package let epoch: UInt64
    /// From 1 on.
    package let offset: UInt64

    package init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// From what Redis stores: eight bytes, the highest first, and a number.
    init?(epoch: [UInt8], offset: Int64) {
        guard epoch.count == 8, offset >= 0 else { return nil }
        self.epoch = epoch.reduce(0) { $0 << 8 | UInt64($1) }
        self.offset = UInt64(offset)
    }
}

extension UInt64 {
    /// The highest byte first.
    var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * $0)) }
    }
}
