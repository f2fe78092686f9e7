/// One UTF-8 sequence that lies whole in the bytes, after the table of RFC 3629 section 4.
enum UTF8Sequence {
    /// Length of the sequence that begins at `index`, which must be in bounds; 0 if it is cut off, overlong, a surrogate or past U+10FFFF.
    @inline(__always)
    static func length(at index: Int, in bytes: Span<UInt8>) -> Int {
        let lead = bytes[index]
        if lead < 0x80 {
            return 1
        }
        let left = bytes.count &- index
        guard left >= 2 else { return 0 }
        let second = bytes[index &+ 1]
        if lead < 0xE0 {
            return lead >= 0xC2 && isContinuation(second) ? 2 : 0
        }
        guard left >= 3, accepts(second: second, after: lead), isContinuation(bytes[index &+ 2]) else { return 0 }
        if lead < 0xF0 {
            return 3
        }
        return left >= 4 && isContinuation(bytes[index &+ 3]) ? 4 : 0
    }

    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }

    /// Whether `second` may follow `lead`. False for every lead that is ASCII, a continuation, C0, C1 or above F4. The second byte alone
    /// decides between well-formed on the one side and overlong, surrogate and past U+10FFFF on the other.
    @inline(__always)
    static func accepts(second: UInt8, after lead: UInt8) -> Bool {
        switch lead {
        case 0xC2...0xDF, 0xE1...0xEC, 0xEE...0xEF, 0xF1...0xF3: isContinuation(second)
        case 0xE0: second >= 0xA0 && second <= 0xBF
        case 0xED: second >= 0x80 && second <= 0x9F
        case 0xF0: second >= 0x90 && second <= 0xBF
        case 0xF4: second >= 0x80 && second <= 0x8F
        default: false
        }
    }

    /// Appends the UTF-8 of a scalar value to `output`.
    static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        let value = scalar.value
        if value < 0x80 {
            output.append(UInt8(truncatingIfNeeded: value))
        } else if value < 0x800 {
            output.append(UInt8(truncatingIfNeeded: 0xC0 | value &>> 6))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        } else if value < 0x10000 {
            output.append(UInt8(truncatingIfNeeded: 0xE0 | value &>> 12))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        } else {
            output.append(UInt8(truncatingIfNeeded: 0xF0 | value &>> 18))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 12 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        }
    }
}
