import WireBytes

/// Where the parts of an event lie in the text `42["name",data]` that carried it. Nothing is decoded.
package struct EventPacket: Equatable, Sendable {
    /// The event's name as a JSON string, quotes included.
    package let name: Range<Int>
    /// Everything behind the name's comma, without white space around it: one JSON value from Fanfare, which nobody has checked here;
    /// empty for an event without an argument.
    package let data: Range<Int>

    /// Nil for any other packet.
    package init?(_ text: Span<UInt8>) {
        guard text.count > 3, text[0] == UInt8(ascii: "4"), text[1] == UInt8(ascii: "2") else { return nil }
        var start = 2
        while start < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[start]) {
            start += 1
        }
        guard start < text.count, var elements = JSONElements(array: start..<text.count, in: text), let name = elements.next(in: text),
            text[name.lowerBound] == UInt8(ascii: "\"")
        else { return nil }
        self.name = name
        let end = text.count - 1
        let comma = Self.trimmed(name.upperBound..<end, of: text)
        guard !comma.isEmpty else {
            self.data = end..<end
            return
        }
        guard text[comma.lowerBound] == UInt8(ascii: ",") else { return nil }
        self.data = Self.trimmed((comma.lowerBound + 1)..<end, of: text)
    }

    private static func trimmed(_ range: Range<Int>, of text: Span<UInt8>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self.isWhiteSpace(text[start]) {
            start += 1
        }
        while start < end, self.isWhiteSpace(text[end - 1]) {
            end -= 1
        }
        return start..<end
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
