import WireBytes

/// Whether the placeholders that a publisher has written name attachments that are there: a client that cannot find one drops its
/// connection (protocol.md 3.2).
enum AttachmentPlaceholders {
    /// - Parameters:
    ///   - value: one JSON value, all of the bytes, which `JSONScanner` has accepted.
    ///   - attachments: at most `EmitterLimits.maximumAttachments`, so that an index has one digit.
    /// - Returns: whether every object with a member `_placeholder` has exactly one, which is `true`, and exactly one `num` that is an index.
    static func areValid(in value: Span<UInt8>, attachments: Int) -> Bool {
        // Only arrays and objects get into it; nothing recurses.
        var pending = [0..<value.count]
        while let container = pending.popLast() {
            if var elements = JSONElements(array: container, in: value) {
                while let element = elements.next(in: value) {
                    Self.note(element, of: value, in: &pending)
                }
            } else if var members = JSONMembers(object: container, in: value) {
                var marks = 0
                var indices = 0
                var isSound = true
                while let member = members.next(in: value) {
                    if EmitterJSON.isName(member.key, "_placeholder", in: value) {
                        marks += 1
                        isSound = isSound && EmitterJSON.isText(member.value, "true", in: value)
                    } else if EmitterJSON.isName(member.key, "num", in: value) {
                        indices += Self.isIndex(member.value, below: attachments, of: value) ? 1 : 2
                    }
                    Self.note(member.value, of: value, in: &pending)
                }
                guard marks == 0 || (marks == 1 && indices == 1 && isSound) else { return false }
            }
        }
        return true
    }

    private static func note(_ part: Range<Int>, of value: Span<UInt8>, in pending: inout [Range<Int>]) {
        let first = value[part.lowerBound]
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            pending.append(part)
        }
    }

    private static func isIndex(_ number: Range<Int>, below attachments: Int, of value: Span<UInt8>) -> Bool {
        guard number.count == 1 else { return false }
        let digit = value[number.lowerBound] &- UInt8(ascii: "0")
        return digit < 10 && Int(digit) < attachments
    }
}
