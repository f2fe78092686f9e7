/// Walks the members of a JSON object that `JSONScanner` has accepted, in the order of the text and with repeated names as often as they
/// occur.
///
/// Nested values are stepped over, not into. On bytes that were never scanned, or on other bytes than the first time, it ends early; it
/// never traps.
package struct JSONMembers {
    /// The next member begins here, or white space before it does.
    private var position: Int
    /// Offset of the closing brace.
    private let limit: Int

    /// Before the first member of the object that fills `object` (a range without white space around it); nil if there is no object.
    package init?(object: Range<Int>, in bytes: Span<UInt8>) {
        guard bytes.encloses(object, from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) else { return nil }
        position = object.lowerBound &+ 1
        limit = object.upperBound &- 1
    }

    /// The ranges of the next member's name, quotes included, and of its value; nil behind the last one.
    ///
    /// Names may hold escapes: compare what `JSONText.decodeString` gives, not the bytes.
    package mutating func next(in bytes: Span<UInt8>) -> (key: Range<Int>, value: Range<Int>)? {
        let limit = min(limit, bytes.count)
        guard position < limit else { return nil }
        let start = JSONSkip.endOfWhiteSpace(from: position, limit: limit, in: bytes)
        position = limit
        guard let keyEnd = JSONSkip.endOfString(at: start, limit: limit, in: bytes) else { return nil }
        let colon = JSONSkip.endOfWhiteSpace(from: keyEnd, limit: limit, in: bytes)
        guard colon < limit, bytes[colon] == UInt8(ascii: ":") else { return nil }
        let value = JSONSkip.endOfWhiteSpace(from: colon &+ 1, limit: limit, in: bytes)
        guard let valueEnd = JSONSkip.endOfValue(at: value, limit: limit, in: bytes) else { return nil }
        let separator = JSONSkip.endOfWhiteSpace(from: valueEnd, limit: limit, in: bytes)
        if separator < limit, bytes[separator] == UInt8(ascii: ",") {
            position = separator &+ 1
        }
        return (key: start..<keyEnd, value: value..<valueEnd)
    }
}
