/// JSON strings to text and back. Pure functions, called on any thread.
package enum JSONText {
    /// The UTF-8 of the JSON string that fills `range`, quotes included, in bytes that `JSONScanner` has accepted; nil if it is not a
    /// string.
    ///
    /// On bytes that were never scanned: nil for a bad escape, and bytes that are not UTF-8 come out as they went in.
    package static func decodeString(_ range: Range<Int>, in bytes: Span<UInt8>) -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        guard bytes.encloses(range, from: quote, to: quote) else { return nil }
        let text = bytes.extracting(range.lowerBound &+ 1..<range.upperBound &- 1)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while true {
            let backslash = endOfPlain(from: index, in: text)
            Output.append(text.extracting(index..<backslash), to: &output)
            guard backslash < text.count else { return output }
            guard let end = decodeEscape(at: backslash, in: text, to: &output) else { return nil }
            index = end
        }
    }

    /// Appends `text` in quotes, with the escapes that RFC 8259 section 7 requires and no others. What is not UTF-8 stays so.
    package static func appendQuoted(_ text: Span<UInt8>, to output: inout [UInt8]) {
        output.reserveCapacity(output.count &+ quotedByteCount(text))
        output.append(UInt8(ascii: "\""))
        var index = 0
        while true {
            let stop = ByteWord.endOfUnescaped(from: index, in: text)
            Output.append(text.extracting(index..<stop), to: &output)
            guard stop < text.count else { break }
            let escape = JSONEscape.Written(text[stop])
            for position in 0..<escape.count {
                output.append(escape.bytes[position])
            }
            index = stop &+ 1
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Number of bytes that `appendQuoted` and `writeQuoted` write, quotes included.
    package static func quotedByteCount(_ text: Span<UInt8>) -> Int {
        var count = text.count &+ 2
        var index = ByteWord.endOfUnescaped(from: 0, in: text)
        while index < text.count {
            count &+= JSONEscape.Written(text[index]).count &- 1
            index = ByteWord.endOfUnescaped(from: index &+ 1, in: text)
        }
        return count
    }

    /// As `appendQuoted`, for the path of every message. `output` needs `quotedByteCount(text)` bytes of free capacity.
    package static func writeQuoted(_ text: Span<UInt8>, into output: inout OutputRawSpan) {
        output.append(UInt8(ascii: "\""))
        var index = 0
        while true {
            let stop = ByteWord.endOfUnescaped(from: index, in: text)
            Output.write(text.extracting(index..<stop), into: &output)
            guard stop < text.count else { break }
            let escape = JSONEscape.Written(text[stop])
            for position in 0..<escape.count {
                output.append(escape.bytes[position])
            }
            index = stop &+ 1
        }
        output.append(UInt8(ascii: "\""))
    }

    /// First offset at or after `start` of a backslash, or the count.
    private static func endOfPlain(from start: Int, in text: Span<UInt8>) -> Int {
        var index = ByteWord.endOfUnescaped(from: start, in: text)
        while index < text.count, text[index] != UInt8(ascii: "\\") {
            index = ByteWord.endOfUnescaped(from: index &+ 1, in: text)
        }
        return index
    }

    /// Appends what the escape at `backslash` stands for; the answer is the offset behind it, nil if it is none.
    private static func decodeEscape(at backslash: Int, in text: Span<UInt8>, to output: inout [UInt8]) -> Int? {
        let index = backslash &+ 1
        guard index < text.count else { return nil }
        switch text[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(text[index])
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            guard case .scalar(let scalar, let end) = JSONEscape.unicode(at: backslash, in: text) else { return nil }
            UTF8Sequence.append(scalar, to: &output)
            return end
        default: return nil
        }
        return index &+ 1
    }
}
