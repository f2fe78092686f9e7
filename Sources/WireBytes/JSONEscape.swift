/// A `\u` escape with its four digits, or the two that make up a surrogate pair (RFC 8259 section 7); shared by the scanner and the decoder, so that what
/// the one accepts the other can decode.
enum JSONEscape {
    /// What stands at the backslash.
    enum Unicode {
        /// The character and the offset behind its last digit.
        case scalar(Swift.Unicode.Scalar, end: Int)
        /// One half of a pair without the other.
        case loneSurrogate
        /// Not four hexadecimal digits.
        case malformed
        /// The bytes end before it can be told.
        case cutOff
    }

    /// `backslash` is the offset of a backslash that a `u` follows.
    static func unicode(at backslash: Int, in bytes: Span<UInt8>) -> Unicode {
        let first = unit(at: backslash &+ 2, in: bytes)
        guard let first else { return digitsAreCutOff(at: backslash &+ 2, in: bytes) ? .cutOff : .malformed }
        let behind = backslash &+ 6
        if let scalar = Swift.Unicode.Scalar(first) {
            return .scalar(scalar, end: behind)
        }
        guard first < 0xDC00 else { return .loneSurrogate }
        guard behind < bytes.count else { return .cutOff }
        guard bytes[behind] == UInt8(ascii: "\\") else { return .loneSurrogate }
        guard behind &+ 1 < bytes.count else { return .cutOff }
        guard bytes[behind &+ 1] == UInt8(ascii: "u") else { return .loneSurrogate }
        guard let second = unit(at: behind &+ 2, in: bytes) else {
            return digitsAreCutOff(at: behind &+ 2, in: bytes) ? .cutOff : .loneSurrogate
        }
        guard second >= 0xDC00, second <= 0xDFFF else { return .loneSurrogate }
        let value = 0x10000 &+ UInt32(first & 0x3FF) &<< 10 &+ UInt32(second & 0x3FF)
        guard let scalar = Swift.Unicode.Scalar(value) else { return .malformed }
        return .scalar(scalar, end: behind &+ 6)
    }

    /// The UTF-16 unit in the four digits at `start`; nil if they are not there.
    @inline(__always)
    private static func unit(at start: Int, in bytes: Span<UInt8>) -> UInt16? {
        guard bytes.count &- start >= 4 else { return nil }
        var unit: UInt16 = 0
        for index in start..<start &+ 4 {
            guard let digit = ASCII.hexadecimalValue(bytes[index]) else { return nil }
            unit = unit &<< 4 | UInt16(digit)
        }
        return unit
    }

    /// Whether fewer than four digits stand at `start` because the bytes end there.
    private static func digitsAreCutOff(at start: Int, in bytes: Span<UInt8>) -> Bool {
        var index = start
        while index < bytes.count {
            guard ASCII.hexadecimalValue(bytes[index]) != nil else { return false }
            index &+= 1
        }
        return true
    }
}
