/// A JSON reader by another method than the scanner's: whole text to Unicode scalars by the standard library, then recursive descent to a
/// tree, numbers by a regular expression. Slow, short, and wrong in other places than the scanner if at all.
indirect enum ReferenceJSON: Equatable {
    case literal(String)
    case number(String)
    case string([UInt8])
    case array([ReferenceJSON])
    case object([Member])

    struct Member: Equatable {
        let name: [UInt8]
        let value: ReferenceJSON
    }

    /// The one value in `bytes`; nil if the scanner has to refuse them.
    static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) -> ReferenceJSON? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = ReferenceReader(scalars: Array(text.unicodeScalars), maximumDepth: maximumDepth)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.isAtEnd ? value : nil
    }

    /// The range of a value that `parse` has accepted.
    static func trimmedRange(of bytes: [UInt8]) -> Range<Int>? {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
            let last = bytes.lastIndex(where: { !blanks.contains($0) })
        else { return nil }
        return first..<last + 1
    }
}

private struct ReferenceReader {
    let scalars: [Unicode.Scalar]
    let maximumDepth: Int
    var position = 0

    init(scalars: [Unicode.Scalar], maximumDepth: Int) {
        self.scalars = scalars
        self.maximumDepth = maximumDepth
    }

    var isAtEnd: Bool { position == scalars.count }

    mutating func skipBlanks() {
        while position < scalars.count, " \t\r\n".unicodeScalars.contains(scalars[position]) {
            position += 1
        }
    }

    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard position < scalars.count, scalars[position] == expected else { return false }
        position += 1
        return true
    }

    mutating func takeAfterBlanks(_ expected: Unicode.Scalar) -> Bool {
        skipBlanks()
        return take(expected)
    }

    mutating func value(depth: Int) -> ReferenceJSON? {
        skipBlanks()
        guard position < scalars.count else { return nil }
        switch scalars[position] {
        case "[": return depth < maximumDepth ? array(depth: depth + 1) : nil
        case "{": return depth < maximumDepth ? object(depth: depth + 1) : nil
        case "\"": return string().map { .string($0) }
        default: return word()
        }
    }

    mutating func array(depth: Int) -> ReferenceJSON? {
        position += 1
        var elements: [ReferenceJSON] = []
        if takeAfterBlanks("]") { return .array(elements) }
        repeat {
            guard let element = value(depth: depth) else { return nil }
            elements.append(element)
        } while takeAfterBlanks(",")
        return take("]") ? .array(elements) : nil
    }

    mutating func object(depth: Int) -> ReferenceJSON? {
        position += 1
        var members: [ReferenceJSON.Member] = []
        if takeAfterBlanks("}") { return .object(members) }
        repeat {
            skipBlanks()
            guard let name = string(), takeAfterBlanks(":"), let value = value(depth: depth) else { return nil }
            members.append(.init(name: name, value: value))
        } while takeAfterBlanks(",")
        return take("}") ? .object(members) : nil
    }

    mutating func word() -> ReferenceJSON? {
        var word = ""
        while position < scalars.count, scalars[position].isASCII,
            scalars[position].properties.isAlphabetic
                || "+-.0123456789".unicodeScalars.contains(scalars[position])
        {
            word.unicodeScalars.append(scalars[position])
            position += 1
        }
        if ["true", "false", "null"].contains(word) { return .literal(word) }
        let isNumber = word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/) != nil
        return isNumber ? .number(word) : nil
    }

    /// Collects UTF-16 units and lets the standard library say whether the surrogates are paired.
    mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            switch scalar {
            case "\"":
                return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
            case "\\":
                guard let unit = escape() else { return nil }
                units.append(unit)
            default:
                guard scalar.value >= 0x20 else { return nil }
                units.append(contentsOf: Character(scalar).utf16)
            }
        }
        return nil
    }

    mutating func escape() -> UInt16? {
        guard position < scalars.count else { return nil }
        let letter = scalars[position]
        position += 1
        if letter == "u" {
            guard position + 4 <= scalars.count else { return nil }
            var digits = ""
            digits.unicodeScalars.append(contentsOf: scalars[position..<position + 4])
            position += 4
            guard digits.wholeMatch(of: /[0-9a-fA-F]{4}/) != nil else { return nil }
            return UInt16(digits, radix: 16)
        }
        let escapes: [Unicode.Scalar: UInt16] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09,
        ]
        return escapes[letter]
    }
}
