import WireBytes

/// The placeholders of a binary packet: objects with a member `_placeholder` that is `true`, at any depth of the payload.
enum Placeholders {
    /// - Parameter payload: a JSON value that `JSONScanner` has accepted.
    /// - Returns: whether every placeholder has one `num`, a whole number below `attachments`.
    static func areValid(in payload: Range<Int>, of bytes: Span<UInt8>, attachments: Int) -> Bool {
        // A list of what is still to be looked at instead of recursion; only arrays and objects get into it.
        var pending = [payload]
        while let value = pending.popLast() {
            if var elements = JSONElements(array: value, in: bytes) {
                while let element = elements.next(in: bytes) {
                    Self.note(element, of: bytes, in: &pending)
                }
            } else if var members = JSONMembers(object: value, in: bytes) {
                var isPlaceholder = false
                var numbers: [Range<Int>] = []
                while let member = members.next(in: bytes) {
                    let name = JSONText.decodeString(member.key, in: bytes) ?? []
                    if ASCII.equals(name.span, "_placeholder") {
                        isPlaceholder = isPlaceholder || ASCII.equals(bytes.extracting(member.value), "true")
                    } else if ASCII.equals(name.span, "num"), numbers.count < 2 {
                        numbers.append(member.value)
                    }
                    Self.note(member.value, of: bytes, in: &pending)
                }
                guard !isPlaceholder || Self.isIndex(numbers, below: attachments, of: bytes) else { return false }
            }
        }
        return true
    }

    private static func note(_ value: Range<Int>, of bytes: Span<UInt8>, in pending: inout [Range<Int>]) {
        let first = bytes[value.lowerBound]
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            pending.append(value)
        }
    }

    /// `attachments` is at most `SocketPacket.maximumAttachments`, so an index has one digit.
    private static func isIndex(_ numbers: [Range<Int>], below attachments: Int, of bytes: Span<UInt8>) -> Bool {
        guard numbers.count == 1, let number = numbers.first, number.count == 1 else { return false }
        let digit = bytes[number.lowerBound]
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) && Int(digit - UInt8(ascii: "0")) < attachments
    }
}
