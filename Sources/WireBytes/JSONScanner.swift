/// Strict RFC 8259 and UTF-8 check of one value, without a tree, recursion or allocation, in one pass and in linear time.
///
/// A pure function of its input, called on any thread: by the HTTP side for a publish body and by the Socket.IO codec for a packet's
/// payload. The bytes that pass are delivered as they are, so this is the only look that is taken at them.
package enum JSONScanner {
    /// Deepest nesting that `maximumDepth` can ask for; more is treated as this.
    package static let deepestNesting = JSONNesting.capacity

    /// The range of the one value in `bytes` without the white space around it; white space inside stays.
    ///
    /// `maximumDepth` counts open brackets and braces: a scalar has depth 0, `[]` has depth 1. Throws the first fault in reading order.
    package static func scan(_ bytes: Span<UInt8>, maximumDepth: Int = 64) throws(JSONFault) -> Range<Int> {
        let start = endOfWhiteSpace(from: 0, in: bytes)
        guard start < bytes.count else { throw JSONFault(offset: start, reason: .empty) }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONFault(offset: 0, reason: .byteOrderMark)
        }
        let end = try endOfValue(at: start, in: bytes, maximumDepth: maximumDepth)
        let rest = endOfWhiteSpace(from: end, in: bytes)
        guard rest == bytes.count else { throw JSONFault(offset: rest, reason: .extraText) }
        return start..<end
    }

    private static func endOfValue(at start: Int, in bytes: Span<UInt8>, maximumDepth: Int) throws(JSONFault) -> Int {
        var nesting = JSONNesting(maximumDepth: maximumDepth)
        var index = start
        while true {
            guard index < bytes.count else { throw JSONFault(offset: index, reason: .unfinished) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = try endOfString(at: index, in: bytes)
            case UInt8(ascii: "{"):
                try nesting.enter(isObject: true, at: index)
                index = endOfWhiteSpace(from: index &+ 1, in: bytes)
                if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
                    nesting.leave()
                    index &+= 1
                } else {
                    index = try endOfName(at: index, in: bytes)
                    continue
                }
            case UInt8(ascii: "["):
                try nesting.enter(isObject: false, at: index)
                index = endOfWhiteSpace(from: index &+ 1, in: bytes)
                guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else { continue }
                nesting.leave()
                index &+= 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                index = try endOfNumber(at: index, in: bytes)
            case UInt8(ascii: "t"):
                index = try endOfLiteral("true", at: index, in: bytes)
            case UInt8(ascii: "f"):
                index = try endOfLiteral("false", at: index, in: bytes)
            case UInt8(ascii: "n"):
                index = try endOfLiteral("null", at: index, in: bytes)
            default:
                throw JSONFault(offset: index, reason: .expectedValue)
            }
            if try closesOutermost(&nesting, index: &index, in: bytes) {
                return index
            }
        }
    }

    /// Called behind a value: closes what closes here. True once nothing is open any more; false with `index` at the next value.
    @inline(__always)
    private static func closesOutermost(
        _ nesting: inout JSONNesting,
        index: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONFault) -> Bool {
        while nesting.depth > 0 {
            index = endOfWhiteSpace(from: index, in: bytes)
            guard index < bytes.count else { throw JSONFault(offset: index, reason: .unfinished) }
            let byte = bytes[index]
            let isInObject = nesting.isInObject
            if byte == UInt8(ascii: ",") {
                let comma = index
                index = endOfWhiteSpace(from: index &+ 1, in: bytes)
                guard index < bytes.count else { throw JSONFault(offset: index, reason: .unfinished) }
                guard bytes[index] != (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONFault(offset: comma, reason: .trailingComma)
                }
                if isInObject {
                    index = try endOfName(at: index, in: bytes)
                }
                return false
            }
            guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw JSONFault(offset: index, reason: isInObject ? .expectedCommaOrBrace : .expectedCommaOrBracket)
            }
            nesting.leave()
            index &+= 1
        }
        return true
    }

    /// A member's name at `index` and the colon; the answer is where the value has to begin.
    @inline(__always)
    private static func endOfName(at index: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        guard index < bytes.count else { throw JSONFault(offset: index, reason: .unfinished) }
        guard bytes[index] == UInt8(ascii: "\"") else { throw JSONFault(offset: index, reason: .expectedName) }
        let colon = endOfWhiteSpace(from: try endOfString(at: index, in: bytes), in: bytes)
        guard colon < bytes.count else { throw JSONFault(offset: colon, reason: .unfinished) }
        guard bytes[colon] == UInt8(ascii: ":") else { throw JSONFault(offset: colon, reason: .expectedColon) }
        return endOfWhiteSpace(from: colon &+ 1, in: bytes)
    }

    /// First offset at or after `start`, which may be the count, that is none of the four characters of RFC 8259 section 2.
    @inline(__always)
    static func endOfWhiteSpace(from start: Int, in bytes: Span<UInt8>) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            index &+= 1
        }
        return index
    }
}
