/// Floating-point numbers as JavaScript's `Number::toString` writes them (ECMA-262, 6.1.6.1.20), so that a number arrives in the same text
/// as from a publisher that stringifies it itself.
enum NumberText {
    /// Appends a JSON number, the shortest that reads back as this one; `null` for what JSON does not have. Zero has no sign.
    static func append(_ number: Double, to output: inout [UInt8]) {
        guard number.isFinite else { return output.append(contentsOf: "null".utf8) }
        guard number != 0 else { return output.append(UInt8(ascii: "0")) }
        if number < 0 { output.append(UInt8(ascii: "-")) }
        let (digits, point) = Self.shortest(number.magnitude)
        if (1...21).contains(point) {
            output.append(contentsOf: digits.prefix(point))
            if point >= digits.count {
                Self.appendZeros(point - digits.count, to: &output)
            } else {
                output.append(UInt8(ascii: "."))
                output.append(contentsOf: digits.dropFirst(point))
            }
        } else if (-5...0).contains(point) {
            output.append(contentsOf: "0.".utf8)
            Self.appendZeros(-point, to: &output)
            output.append(contentsOf: digits)
        } else {
            output.append(contentsOf: digits.prefix(1))
            if digits.count > 1 {
                output.append(UInt8(ascii: "."))
                output.append(contentsOf: digits.dropFirst(1))
            }
            output.append(contentsOf: (point > 0 ? "e+" : "e-").utf8)
            output.append(contentsOf: String(abs(point - 1)).utf8)
        }
    }

    /// The fewest digits that read back as this number, neither the first nor the last of them 0, and how many of them stand before the
    /// decimal point. The standard library has the same digits, but writes other exponents.
    private static func shortest(_ number: Double) -> (digits: [UInt8], point: Int) {
        let text = number.description.utf8
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
        // Nothing at all without an exponent.
        let exponent = Int(String(decoding: text.dropFirst(mantissa.count + 1), as: UTF8.self)) ?? 0
        var digits: [UInt8] = []
        var point: Int?
        for byte in mantissa {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else {
                digits.append(byte)
            }
        }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        let end = digits.lastIndex { $0 != UInt8(ascii: "0") } ?? 0
        return (Array(digits[zeros...end]), (point ?? digits.count) + exponent - zeros)
    }

    private static func appendZeros(_ count: Int, to output: inout [UInt8]) {
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
    }
}
