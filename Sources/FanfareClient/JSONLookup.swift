import WireBytes

/// Finds members of JSON texts that a server sent. Whatever it sent, the answers are nil or in bounds.
enum JSONLookup {
    /// The value of the first member called `name` of the object that fills `object`.
    /// - Parameter object: within bytes that `JSONScanner` has accepted.
    static func member(_ name: StaticString, of object: Range<Int>, in bytes: Span<UInt8>) -> Range<Int>? {
        guard var members = JSONMembers(object: object, in: bytes) else { return nil }
        while let member = members.next(in: bytes) {
            if let key = JSONText.decodeString(member.key, in: bytes), ASCII.equals(key.span, name) { return member.value }
        }
        return nil
    }

    /// The text of a JSON string, fit for a terminal; nil if `value` is none.
    static func text(_ value: Range<Int>?, in bytes: Span<UInt8>) -> String? {
        guard let value, let text = JSONText.decodeString(value, in: bytes) else { return nil }
        return PrintableText.escaped(text.span)
    }

    /// A member that is a whole number from 0.
    static func number(_ name: StaticString, of object: Range<Int>, in bytes: Span<UInt8>) -> Int? {
        guard let value = self.member(name, of: object, in: bytes) else { return nil }
        return ASCII.parseDecimal(bytes.extracting(value))
    }
}
