/// RFC 4648 base 64. Pure functions, called on any thread.
package enum Base64 {
    /// Appends `bytes` in the standard alphabet, with padding (section 4).
    package static func encode(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        encode(bytes, last: (UInt8(ascii: "+"), UInt8(ascii: "/")), isPadded: true, to: &output)
    }

    /// Appends `bytes` in the alphabet for URLs and file names, without padding (section 5).
    package static func encodeURLSafe(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        encode(bytes, last: (UInt8(ascii: "-"), UInt8(ascii: "_")), isPadded: false, to: &output)
    }

    /// The bytes that `range` stands for in the standard alphabet; nil unless it is exactly what `encode` writes.
    ///
    /// So padding is required, white space and the other alphabet are refused, and so are unused bits that are not zero (section 3.5).
    package static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) -> [UInt8]? {
        guard bytes.holds(range), range.count & 3 == 0 else { return nil }
        guard !range.isEmpty else { return [] }
        let padding = UInt8(ascii: "=")
        let missing = bytes[range.upperBound &- 1] != padding ? 0 : bytes[range.upperBound &- 2] != padding ? 1 : 2
        return decodeUnpadded(range.lowerBound..<range.upperBound &- missing, of: bytes, last: (UInt8(ascii: "+"), UInt8(ascii: "/")))
    }

    /// The bytes that `range` stands for in the alphabet for URLs and file names; nil unless it is exactly what `encodeURLSafe` writes, so
    /// that no two texts stand for the same bytes.
    package static func decodeURLSafe(_ range: Range<Int>, of bytes: Span<UInt8>) -> [UInt8]? {
        guard bytes.holds(range), range.count & 3 != 1 else { return nil }
        return decodeUnpadded(range, of: bytes, last: (UInt8(ascii: "-"), UInt8(ascii: "_")))
    }

    private static func decodeUnpadded(_ range: Range<Int>, of bytes: Span<UInt8>, last: (UInt8, UInt8)) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity((range.count / 4 &+ 1) &* 3)
        var word: UInt32 = 0
        var bits = 0
        for index in range {
            guard let value = value(bytes[index], last: last) else { return nil }
            word = word &<< 6 | UInt32(value)
            bits &+= 6
            if bits >= 8 {
                bits &-= 8
                output.append(UInt8(truncatingIfNeeded: word &>> UInt32(truncatingIfNeeded: bits)))
            }
        }
        let unused = word & (1 &<< UInt32(truncatingIfNeeded: bits) &- 1)
        return unused == 0 ? output : nil
    }

    private static func encode(_ bytes: Span<UInt8>, last: (UInt8, UInt8), isPadded: Bool, to output: inout [UInt8]) {
        output.reserveCapacity(output.count &+ (bytes.count / 3 &+ 1) &* 4)
        var word: UInt32 = 0
        var bits = 0
        for index in bytes.indices {
            word = word &<< 8 | UInt32(bytes[index])
            bits &+= 8
            while bits >= 6 {
                bits &-= 6
                output.append(digit(word &>> UInt32(truncatingIfNeeded: bits) & 0x3F, last: last))
            }
        }
        guard bits > 0 else { return }
        output.append(digit(word &<< UInt32(truncatingIfNeeded: 6 &- bits) & 0x3F, last: last))
        if isPadded {
            output.append(UInt8(ascii: "="))
            if bits == 2 {
                output.append(UInt8(ascii: "="))
            }
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt32, last: (UInt8, UInt8)) -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: value)
        return switch byte {
        case 0..<26: UInt8(ascii: "A") &+ byte
        case 26..<52: UInt8(ascii: "a") &+ byte &- 26
        case 52..<62: UInt8(ascii: "0") &+ byte &- 52
        case 62: last.0
        default: last.1
        }
    }

    @inline(__always)
    private static func value(_ byte: UInt8, last: (UInt8, UInt8)) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0") &+ 52
        case last.0: 62
        case last.1: 63
        default: nil
        }
    }
}
