/// Which containers the scanner is inside of: one bit a level, inline, so that hostile nesting costs neither stack nor heap.
struct JSONNesting {
    /// Levels that fit.
    static let capacity = 1024

    private var objects = InlineArray<16, UInt64>(repeating: 0)
    private let maximumDepth: Int
    private(set) var depth = 0

    init(maximumDepth: Int) {
        self.maximumDepth = min(max(maximumDepth, 0), Self.capacity)
    }

    /// Enters an array or object whose bracket is at `offset`.
    @inline(__always)
    mutating func enter(isObject: Bool, at offset: Int) throws(JSONFault) {
        guard depth < maximumDepth else { throw JSONFault(offset: offset, reason: .tooDeep(maximum: maximumDepth)) }
        let bit = 1 as UInt64 &<< UInt64(truncatingIfNeeded: depth & 63)
        if isObject {
            objects[depth &>> 6] |= bit
        } else {
            objects[depth &>> 6] &= ~bit
        }
        depth &+= 1
    }

    /// Leaves the innermost container; does nothing outside of all.
    @inline(__always)
    mutating func leave() {
        if depth > 0 {
            depth &-= 1
        }
    }

    /// Whether the innermost container is an object; false outside of all.
    @inline(__always)
    var isInObject: Bool {
        guard depth > 0 else { return false }
        let level = depth &- 1
        return objects[level &>> 6] &>> UInt64(truncatingIfNeeded: level & 63) & 1 == 1
    }
}
