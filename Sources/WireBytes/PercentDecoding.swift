/// Percent-decoding of one path segment or query item (RFC 3986 section 2.1), strict.
package enum PercentDecoding {
    /// The decoded bytes of `range`; nil for a `%` without two hexadecimal digits behind it, and if what comes out is not UTF-8.
    ///
    /// Split at delimiters before, decode once: `%2F` comes out as part of the name. A `+` is a plus.
    package static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) -> [UInt8]? {
        guard bytes.holds(range) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                index &+= 1
                continue
            }
            guard range.upperBound &- index >= 3,
                let high = ASCII.hexadecimalValue(bytes[index &+ 1]),
                let low = ASCII.hexadecimalValue(bytes[index &+ 2])
            else { return nil }
            output.append(high &<< 4 | low)
            index &+= 3
        }
        return UTF8Validator.isValid(output.span) ? output : nil
    }
}
