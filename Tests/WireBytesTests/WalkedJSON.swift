import WireBytes

/// The tree that the product's walkers and string decoder see, to be compared with the reference's.
enum WalkedJSON {
    static func tree(_ range: Range<Int>, in bytes: [UInt8]) -> ReferenceJSON? {
        if var elements = JSONElements(array: range, in: bytes.span) {
            var values: [ReferenceJSON] = []
            while let element = elements.next(in: bytes.span) {
                guard let value = tree(element, in: bytes) else { return nil }
                values.append(value)
            }
            return .array(values)
        }
        if var members = JSONMembers(object: range, in: bytes.span) {
            var values: [ReferenceJSON.Member] = []
            while let member = members.next(in: bytes.span) {
                guard let name = JSONText.decodeString(member.key, in: bytes.span), let value = tree(member.value, in: bytes) else {
                    return nil
                }
                values.append(.init(name: name, value: value))
            }
            return .object(values)
        }
        if let string = JSONText.decodeString(range, in: bytes.span) {
            return .string(string)
        }
        let word = String(decoding: bytes[range], as: UTF8.self)
        return ["true", "false", "null"].contains(word) ? .literal(word) : .number(word)
    }
}
