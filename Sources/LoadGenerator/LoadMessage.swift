import WireBytes

/// The JSON that a run publishes: its number and when it was due, and filling up to the size that was asked for.
enum LoadMessage {
    static let minimumBytes = 40

    /// - Parameter due: nanoseconds on the clock of this process.
    static func make(number: Int, due: UInt64, size: Int) -> [UInt8] {
        var text = Array(#"{"n":"#.utf8)
        ASCII.appendDecimal(number, to: &text)
        text += #","t":"#.utf8
        ASCII.appendDecimal(Int(clamping: due), to: &text)
        text += #","p":""#.utf8
        text.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: max(size - text.count - 2, 0)))
        text += #""}"#.utf8
        return text
    }

    /// The first two numbers of a message. A server may have written the JSON anew, with spaces for example.
    static func read(_ range: Range<Int>, of text: Span<UInt8>) -> (number: Int, due: UInt64)? {
        var index = range.lowerBound
        guard let number = self.number(&index, range.upperBound, of: text), let due = self.number(&index, range.upperBound, of: text) else {
            return nil
        }
        return (number, UInt64(due))
    }

    /// The digits behind the next colon.
    private static func number(_ index: inout Int, _ end: Int, of text: Span<UInt8>) -> Int? {
        while index < end, text[index] != UInt8(ascii: ":") { index += 1 }
        index += 1
        while index < end, text[index] == 0x20 { index += 1 }
        var value = 0
        let start = index
        while index < end, index - start < 18, (0x30...0x39).contains(text[index]) {
            value = value * 10 + Int(text[index] - 0x30)
            index += 1
        }
        return index > start ? value : nil
    }
}
