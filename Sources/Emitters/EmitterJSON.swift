import WireBytes

/// What both JSON dialects share. Ranges are of values in a text that `JSONScanner` has accepted.
enum EmitterJSON {
    /// Levels around an argument in any dialect: the message, the packet, its data.
    private static let levelsAround = 3

    /// The one value in `message`.
    static func scan(_ message: Span<UInt8>, limits: EmitterLimits) throws(EmitterFault) -> Range<Int> {
        do throws(JSONFault) {
            return try JSONScanner.scan(message, maximumDepth: limits.maximumDepth + Self.levelsAround)
        } catch {
            throw .json(error)
        }
    }

    /// Whether the member's name, which is in quotes, is this.
    static func isName(_ key: Range<Int>, _ name: StaticString, in message: Span<UInt8>) -> Bool {
        let text = message.extracting((key.lowerBound + 1)..<(key.upperBound - 1))
        if ASCII.equals(text, name) { return true }
        for index in text.indices where text[index] == UInt8(ascii: "\\") {
            let decoded = JSONText.decodeString(key, in: message) ?? []
            return ASCII.equals(decoded.span, name)
        }
        return false
    }

    /// Whether the value is this literal, or this string with its quotes.
    static func isText(_ value: Range<Int>, _ text: StaticString, in message: Span<UInt8>) -> Bool {
        ASCII.equals(message.extracting(value), text)
    }

    /// The list of rooms that a value stands for: an array, one name, or nothing for `null` and the empty string.
    static func rooms(
        _ value: Range<Int>, in message: Span<UInt8>, expected: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> EmitterRooms {
        var rooms = EmitterRooms(limits: limits)
        if Self.isText(value, "null", in: message) || Self.isText(value, "\"\"", in: message) { return rooms }
        guard var elements = JSONElements(array: value, in: message) else {
            let room = try Self.room(value, in: message)
            try rooms.append(room.span, expected: expected)
            return rooms
        }
        while let element = elements.next(in: message) {
            let room = try Self.room(element, in: message)
            try rooms.append(room.span, expected: expected)
        }
        return rooms
    }

    /// A string, or an integer as it is written.
    private static func room(_ value: Range<Int>, in message: Span<UInt8>) throws(EmitterFault) -> [UInt8] {
        if let text = JSONText.decodeString(value, in: message) { return text }
        var digits = message.extracting(value)
        if digits.count > 1, digits[0] == UInt8(ascii: "-") {
            digits = digits.extracting(1..<digits.count)
        }
        guard digits.count <= 19, ASCII.parseDecimal(digits) != nil else { throw .malformed(.rooms) }
        var copy: [UInt8] = []
        Output.append(message.extracting(value), to: &copy)
        return copy
    }

    /// The name of an event from a JSON string.
    static func event(_ value: Range<Int>, in message: Span<UInt8>) throws(EmitterFault) -> [UInt8] {
        guard let event = JSONText.decodeString(value, in: message) else { throw .malformed(.data) }
        if let fault = NameRule.checkEvent(event.span) { throw .badEvent(fault) }
        return event
    }
}
