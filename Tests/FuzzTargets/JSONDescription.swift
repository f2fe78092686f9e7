import WireBytes

/// A JSON value as bytes that are the same for the same value however it was written: what the reference reader saw, and what the server's
/// walkers see.
enum JSONDescription {
    static func open(_ bracket: Character, in description: inout [UInt8]) {
        description += String(bracket).utf8
    }

    static func close(in description: inout [UInt8]) {
        description.append(UInt8(ascii: "."))
    }

    static func string(_ text: [UInt8], in description: inout [UInt8]) {
        description += "s\(text.count):".utf8
        description += text
    }

    static func word(_ word: ArraySlice<UInt8>, in description: inout [UInt8]) {
        description += "w\(word.count):".utf8
        description += word
    }

    /// Describes an accepted value by the server's own walkers. Recursive: accepted values are not nested deeply.
    static func walk(_ value: Range<Int>, in bytes: [UInt8], to description: inout [UInt8]) throws(Fault) {
        try Fault.unless(value.lowerBound >= 0 && value.upperBound <= bytes.count && !value.isEmpty, "a walker went to \(value)")
        if var elements = JSONElements(array: value, in: bytes.span) {
            self.open("[", in: &description)
            while let element = elements.next(in: bytes.span) { try self.walk(element, in: bytes, to: &description) }
            self.close(in: &description)
        } else if var members = JSONMembers(object: value, in: bytes.span) {
            self.open("{", in: &description)
            while let member = members.next(in: bytes.span) {
                try self.walk(member.key, in: bytes, to: &description)
                try self.walk(member.value, in: bytes, to: &description)
            }
            self.close(in: &description)
        } else if let text = JSONText.decodeString(value, in: bytes.span) {
            self.string(text, in: &description)
        } else {
            self.word(bytes[value], in: &description)
        }
    }
}
