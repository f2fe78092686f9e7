/// Decimal numbers, without a `String` on the way.
extension ASCII {
    /// The value of 1 to 19 digits and nothing else (no sign, no blanks; leading zeros are fine); nil otherwise and above `Int.max`.
    package static func parseDecimal(_ digits: Span<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 19 else { return nil }
        var value: UInt64 = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // Nineteen nines are below 2^64.
            value = value &* 10 &+ UInt64(digit)
        }
        return Int(exactly: value)
    }

    /// Number of bytes that `n` takes in decimal, the minus sign included.
    package static func decimalDigits(_ n: Int) -> Int {
        var count = n < 0 ? 2 : 1
        var rest = n.magnitude / 10
        while rest > 0 {
            count &+= 1
            rest /= 10
        }
        return count
    }

    /// Appends `n` in decimal.
    package static func appendDecimal(_ n: Int, to output: inout [UInt8]) {
        if n < 0 {
            output.append(UInt8(ascii: "-"))
        }
        var divisor = highestDivisor(n.magnitude)
        while divisor > 0 {
            output.append(digit(of: n.magnitude, at: divisor))
            divisor /= 10
        }
    }

    /// Writes `n` in decimal. `output` needs `decimalDigits(n)` bytes of free capacity.
    package static func writeDecimal(_ n: Int, into output: inout OutputRawSpan) {
        if n < 0 {
            output.append(UInt8(ascii: "-"))
        }
        var divisor = highestDivisor(n.magnitude)
        while divisor > 0 {
            output.append(digit(of: n.magnitude, at: divisor))
            divisor /= 10
        }
    }

    private static func digit(of value: UInt, at divisor: UInt) -> UInt8 {
        UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10)
    }

    /// The power of ten of the first digit; 1 for 0.
    private static func highestDivisor(_ value: UInt) -> UInt {
        var divisor: UInt = 1
        while value / divisor >= 10 {
            divisor *= 10
        }
        return divisor
    }
}
