/// Checks before a range that somebody handed in is used.
extension Span<UInt8> {
    /// Whether `range` lies inside, so that `extracting` cannot trap.
    @inline(__always)
    func holds(_ range: Range<Int>) -> Bool {
        range.lowerBound >= 0 && range.upperBound <= count
    }

    /// Whether `range` lies inside, has two bytes at least, and begins and ends with these two.
    @inline(__always)
    func encloses(_ range: Range<Int>, from first: UInt8, to last: UInt8) -> Bool {
        holds(range) && range.count >= 2 && self[range.lowerBound] == first && self[range.upperBound &- 1] == last
    }
}
