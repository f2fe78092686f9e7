/// The wheel's slots as chains through one pool of entries, and a bitmap of the used ones. Freed entries are used again, so scheduling
/// allocates only when there are more entries than ever before.
struct TimerWheelEntries {
    private struct Entry {
        var client: (any TimerWheelClient)?
        var time: Milliseconds
        var next: Int32
    }

    private static let none: Int32 = -1

    private var pool: [Entry] = []
    private var firstFree = TimerWheelEntries.none
    private var heads: [Int32]
    private var used: [UInt64]
    private(set) var count = 0

    /// - Parameter slotCount: a multiple of 64.
    init(slotCount: Int) {
        self.heads = Array(repeating: Self.none, count: slotCount)
        self.used = Array(repeating: 0, count: slotCount / 64)
    }

    var isEmpty: Bool { self.count == 0 }

    /// - Parameter slot: below the number of slots.
    mutating func insert(_ client: any TimerWheelClient, time: Milliseconds, slot: Int) {
        let entry = Entry(client: client, time: time, next: self.heads[slot])
        if self.firstFree != Self.none {
            let index = self.firstFree
            self.firstFree = self.pool[Int(index)].next
            self.pool[Int(index)] = entry
            self.heads[slot] = index
        } else {
            guard let index = Int32(exactly: self.pool.count) else { return }
            self.pool.append(entry)
            self.heads[slot] = index
        }
        self.used[slot >> 6] |= 1 << UInt64(slot & 63)
        self.count += 1
    }

    /// Empties a slot and hands out its chain.
    mutating func detach(slot: Int) -> Int32 {
        self.used[slot >> 6] &= ~(1 << UInt64(slot & 63))
        let chain = self.heads[slot]
        self.heads[slot] = Self.none
        return chain
    }

    /// Takes the first entry off a detached chain; nil at its end.
    mutating func popFirst(_ chain: inout Int32, time: Milliseconds) -> (any TimerWheelClient)? {
        while chain != Self.none {
            let index = Int(chain)
            let entry = self.pool[index]
            self.pool[index] = Entry(client: nil, time: 0, next: self.firstFree)
            self.firstFree = chain
            self.count -= 1
            chain = entry.next
            if entry.time == time, let client = entry.client { return client }
        }
        return nil
    }

    /// How many slots behind `slot`, going round, the first used one lies.
    func distanceToUsedSlot(from slot: Int) -> Int? {
        guard self.count > 0 else { return nil }
        let wordCount = self.used.count
        let firstWord = slot >> 6
        for step in 0...wordCount {
            let index = (firstWord + step) % wordCount
            var word = self.used[index]
            if step == 0 {
                word &= ~0 << UInt64(slot & 63)
            } else if step == wordCount {
                word &= ~(~0 << UInt64(slot & 63))
            }
            if word != 0 {
                return step * 64 + word.trailingZeroBitCount - (slot & 63)
            }
        }
        return nil
    }
}
