/// Walks the elements of a JSON array that `JSONScanner` has accepted, as ranges into the same bytes.
///
/// Nested values are stepped over, not into. On bytes that were never scanned, or on other bytes than the first time, it ends early; it
/// never traps.
package struct JSONElements {
    /// The next element begins here, or white space before it does.
    private var position: Int
    /// Offset of the closing bracket.
    private let limit: Int

    /// Before the first element of the array that fills `array` (a range without white space around it); nil if there is no array.
    package init?(array: Range<Int>, in bytes: Span<UInt8>) {
        guard bytes.encloses(array, from: UInt8(ascii: "["), to: UInt8(ascii: "]")) else { return nil }
        position = array.lowerBound &+ 1
        limit = array.upperBound &- 1
    }

    /// The range of the next element without white space around it; nil behind the last one.
    package mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        let limit = min(limit, bytes.count)
        guard position < limit else { return nil }
        let start = JSONSkip.endOfWhiteSpace(from: position, limit: limit, in: bytes)
        guard let end = JSONSkip.endOfValue(at: start, limit: limit, in: bytes) else {
            position = limit
            return nil
        }
        let separator = JSONSkip.endOfWhiteSpace(from: end, limit: limit, in: bytes)
        position = separator < limit && bytes[separator] == UInt8(ascii: ",") ? separator &+ 1 : limit
        return start..<end
    }
}
