import WireBytes

/// What stands between a type's byte and the line end. Pure functions over ranges that are in bounds.
enum RESPLine {
    /// A length or count.
    enum Length {
        case count(Int)
        /// -1.
        case null
    }

    /// More digits than any length of 64 bits has: a line that goes on behind them cannot become one.
    static let longestLength = 20

    /// - Parameter line: without the type's byte and the line end.
    static func length(_ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) -> Length {
        if let count = ASCII.parseDecimal(bytes.extracting(line)) {
            return .count(count)
        }
        guard ASCII.equals(bytes.extracting(line), "-1") else { throw .badLength }
        return .null
    }

    /// Decimal digits after at most one sign.
    static func integer(_ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) -> Int64 {
        guard let first = line.first else { throw .badInteger }
        let isNegative = bytes[first] == UInt8(ascii: "-")
        let digits = isNegative || bytes[first] == UInt8(ascii: "+") ? (first &+ 1)..<line.upperBound : line
        // One more than Int64 has on the negative side would overflow otherwise.
        guard !digits.isEmpty, digits.count <= 19 else { throw .badInteger }
        var magnitude: UInt64 = 0
        for index in digits {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .badInteger }
            // Nineteen nines are below 2^64.
            magnitude = magnitude &* 10 &+ UInt64(digit)
        }
        guard let value = isNegative ? Int64(exactly: -Int128(magnitude)) : Int64(exactly: magnitude) else { throw .badInteger }
        return value
    }

    /// `t` or `f`.
    static func boolean(_ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) -> Bool {
        if ASCII.equals(bytes.extracting(line), "t") { return true }
        guard ASCII.equals(bytes.extracting(line), "f") else { throw .badScalar }
        return false
    }

    /// `[+|-]digits[.digits][e[+|-]digits]`, `inf`, `-inf` or `nan`.
    static func double(_ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) -> Double {
        let text = bytes.extracting(line)
        if ASCII.equals(text, "inf") || ASCII.equals(text, "+inf") { return .infinity }
        if ASCII.equals(text, "-inf") { return -.infinity }
        // What C's printf writes on some systems.
        if ASCII.equals(text, "nan") || ASCII.equals(text, "-nan") { return .nan }
        try Self.checkDouble(text)
        var copy: [UInt8] = []
        Output.append(text, to: &copy)
        guard let value = Double(String(decoding: copy, as: UTF8.self)) else { throw .badScalar }
        return value
    }

    /// Digits after at most one sign, any number of them.
    static func checkBigNumber(_ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) {
        let text = bytes.extracting(line)
        let start = Self.endOfSign(at: 0, in: text)
        let end = Self.endOfDigits(at: start, in: text)
        guard end > start, end == text.count else { throw .badScalar }
    }

    private static func checkDouble(_ text: Span<UInt8>) throws(RESPFault) {
        // Longer than any 64-bit double needs, so that nobody computes powers of ten over megabytes.
        guard text.count <= 400 else { throw .badScalar }
        var index = Self.endOfSign(at: 0, in: text)
        index = try Self.endOfNumber(at: index, in: text)
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index = try Self.endOfNumber(at: index &+ 1, in: text)
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index = try Self.endOfNumber(at: Self.endOfSign(at: index &+ 1, in: text), in: text)
        }
        guard index == text.count else { throw .badScalar }
    }

    private static func endOfNumber(at start: Int, in text: Span<UInt8>) throws(RESPFault) -> Int {
        let end = Self.endOfDigits(at: start, in: text)
        guard end > start else { throw .badScalar }
        return end
    }

    private static func endOfSign(at start: Int, in text: Span<UInt8>) -> Int {
        guard start < text.count else { return start }
        return text[start] == UInt8(ascii: "-") || text[start] == UInt8(ascii: "+") ? start &+ 1 : start
    }

    private static func endOfDigits(at start: Int, in text: Span<UInt8>) -> Int {
        var index = start
        while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
            index &+= 1
        }
        return index
    }
}
