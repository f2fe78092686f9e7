/// Steps over one value of a text that the scanner has accepted, by brackets and quotes alone. On any other text the answers are
/// meaningless but in bounds.
enum JSONSkip {
    /// Offset behind the value that begins at `start`, at most `limit`; nil if no value can begin there. `limit` must not exceed the count.
    static func endOfValue(at start: Int, limit: Int, in bytes: Span<UInt8>) -> Int? {
        guard start < limit else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""):
            return endOfString(at: start, limit: limit, in: bytes)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            return endOfContainer(at: start, limit: limit, in: bytes)
        default:
            let end = endOfScalar(at: start, limit: limit, in: bytes)
            return end > start ? end : nil
        }
    }

    /// Offset behind the closing quote of the string whose opening quote is at `open`; nil if it is not closed before `limit`.
    static func endOfString(at open: Int, limit: Int, in bytes: Span<UInt8>) -> Int? {
        guard open < limit, bytes[open] == UInt8(ascii: "\"") else { return nil }
        var index = open &+ 1
        while true {
            index = ByteWord.endOfUnescaped(from: index, in: bytes)
            guard index < limit else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "\""): return index &+ 1
            case UInt8(ascii: "\\"): index &+= 2
            default: index &+= 1
            }
            guard index < limit else { return nil }
        }
    }

    /// First offset at or after `start` that is not white space, at most `limit`.
    static func endOfWhiteSpace(from start: Int, limit: Int, in bytes: Span<UInt8>) -> Int {
        min(JSONScanner.endOfWhiteSpace(from: start, in: bytes), limit)
    }

    private static func endOfContainer(at open: Int, limit: Int, in bytes: Span<UInt8>) -> Int? {
        var depth = 0
        var index = open
        while index < limit {
            switch bytes[index] {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth &+= 1
                index &+= 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth &-= 1
                index &+= 1
                if depth == 0 {
                    return index
                }
            case UInt8(ascii: "\""):
                guard let end = endOfString(at: index, limit: limit, in: bytes) else { return nil }
                index = end
            default:
                index &+= 1
            }
        }
        return nil
    }

    private static func endOfScalar(at start: Int, limit: Int, in bytes: Span<UInt8>) -> Int {
        var index = start
        while index < limit {
            switch bytes[index] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x0A, 0x0D, 0x09: return index
            default: index &+= 1
            }
        }
        return index
    }
}
