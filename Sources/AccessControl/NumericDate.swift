import WireBytes

/// A time in a token: seconds since 1970 as a JSON number, whole or not (RFC 7519 section 2). Read from its digits: through a `Double` a
/// number that is too large would end the process.
enum NumericDate {
    /// The end of the year 9999; nothing that lies behind it can be meant.
    private static let latest: Int64 = 253_402_300_799_999

    /// - Parameter number: a value that `JSONScanner` has accepted.
    /// - Returns: milliseconds since 1970, what is below them dropped; nil if it is no number, negative or beyond the year 9999.
    static func milliseconds(_ number: Range<Int>, of bytes: Span<UInt8>) -> Int64? {
        var digits: Int64 = 0
        // The value is digits * 10^exponent.
        var exponent = 0
        var isFraction = false
        var index = number.lowerBound
        while index < number.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if digits < 100_000_000_000_000_000 {
                    digits = digits &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0"))
                    exponent &-= isFraction ? 1 : 0
                } else {
                    exponent &+= isFraction ? 0 : 1
                }
            case UInt8(ascii: "."):
                isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let power = Self.power(index &+ 1..<number.upperBound, of: bytes) else { return nil }
                return Self.scale(digits, exponent: exponent &+ power &+ 3)
            default:
                // A minus sign, or no number.
                return nil
            }
            index &+= 1
        }
        return number.isEmpty ? nil : Self.scale(digits, exponent: exponent &+ 3)
    }

    /// What follows the `e`; everything above ten thousand counts as that.
    private static func power(_ range: Range<Int>, of bytes: Span<UInt8>) -> Int? {
        var power = 0
        var isNegative = false
        for index in range {
            switch bytes[index] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "0")...UInt8(ascii: "9"): power = min(power &* 10 &+ Int(bytes[index] &- UInt8(ascii: "0")), 10_000)
            default: return nil
            }
        }
        return isNegative ? -power : power
    }

    private static func scale(_ digits: Int64, exponent: Int) -> Int64? {
        var value = digits
        var rest = exponent
        while rest > 0, value > 0 {
            guard value <= Self.latest else { return nil }
            value &*= 10
            rest &-= 1
        }
        while rest < 0, value > 0 {
            value /= 10
            rest &+= 1
        }
        return value <= Self.latest ? value : nil
    }
}
