/// Strings, numbers and literals. Each function is called with its first byte already recognised and returns the offset behind the last
/// one.
extension JSONScanner {
    /// `open` is the offset of the opening quote.
    static func endOfString(at open: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        var index = open &+ 1
        while true {
            index = ByteWord.endOfPlainString(from: index, in: bytes)
            guard index < bytes.count else { throw JSONFault(offset: open, reason: .unterminatedString) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                return index &+ 1
            } else if byte >= 0x80 {
                repeat {
                    let length = UTF8Sequence.length(at: index, in: bytes)
                    guard length > 0 else { throw JSONFault(offset: index, reason: .invalidUTF8) }
                    index &+= length
                } while index < bytes.count && bytes[index] >= 0x80
            } else if byte == UInt8(ascii: "\\") {
                index = try endOfEscape(at: index, ofStringAt: open, in: bytes)
            } else {
                throw JSONFault(offset: index, reason: .controlCharacter)
            }
        }
    }

    /// `backslash` is the offset of a backslash; both escapes of a surrogate pair are taken as one.
    private static func endOfEscape(at backslash: Int, ofStringAt open: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        let index = backslash &+ 1
        guard index < bytes.count else { throw JSONFault(offset: open, reason: .unterminatedString) }
        switch bytes[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index &+ 1
        case UInt8(ascii: "u"):
            switch JSONEscape.unicode(at: backslash, in: bytes) {
            case .scalar(_, let end): return end
            case .loneSurrogate: throw JSONFault(offset: backslash, reason: .loneSurrogate)
            case .malformed: throw JSONFault(offset: backslash, reason: .badEscape)
            case .cutOff: throw JSONFault(offset: open, reason: .unterminatedString)
            }
        default:
            throw JSONFault(offset: backslash, reason: .badEscape)
        }
    }

    /// RFC 8259 section 6. Any length and any size of exponent: the digits are delivered, never computed with.
    static func endOfNumber(at start: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        var index = start
        if bytes[index] == UInt8(ascii: "-") {
            index &+= 1
        }
        let integer = index
        index = try endOfDigits(from: integer, in: bytes)
        if bytes[integer] == UInt8(ascii: "0"), index &- integer > 1 {
            throw JSONFault(offset: integer, reason: .badNumber)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index = try endOfDigits(from: index &+ 1, in: bytes)
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index &+= 1
            }
            index = try endOfDigits(from: index, in: bytes)
        }
        return index
    }

    /// At least one digit is needed.
    @inline(__always)
    private static func endOfDigits(from start: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        let index = ByteWord.endOfDigits(from: start, in: bytes)
        guard index > start else { throw JSONFault(offset: start, reason: .badNumber) }
        return index
    }

    /// A literal that is cut off or misspelt is reported where it begins.
    @inline(__always)
    static func endOfLiteral(_ literal: StaticString, at start: Int, in bytes: Span<UInt8>) throws(JSONFault) -> Int {
        let length = literal.utf8CodeUnitCount
        guard bytes.count &- start >= length, ASCII.equals(bytes.extracting(start..<start &+ length), literal) else {
            throw JSONFault(offset: start, reason: .expectedValue)
        }
        return start &+ length
    }
}
