import TestSupport

/// Valid JSON texts by chance, and the same with a few mistakes.
struct RandomJSON {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func text() -> [UInt8] {
        var text: [UInt8] = []
        blanks(&text)
        value(depth: 0, &text)
        blanks(&text)
        return text
    }

    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...generator.below(3) {
            let place = text.isEmpty ? 0 : generator.below(text.count)
            switch generator.below(8) {
            case 0 where !text.isEmpty: text[place] = UInt8(generator.below(256))
            case 1 where !text.isEmpty: text[place] = generator.pick(Self.telling)
            case 2 where !text.isEmpty: text.remove(at: place)
            case 3: text.insert(generator.pick(Self.telling), at: place)
            case 4 where !text.isEmpty: text.removeSubrange(place...)
            case 5 where !text.isEmpty: text.insert(contentsOf: text[place..<min(text.count, place + generator.below(6))], at: place)
            case 6 where !text.isEmpty: text.swapAt(place, generator.below(text.count))
            default: text.insert(contentsOf: Array(generator.pick(Self.pieces).utf8), at: place)
            }
        }
        return text
    }

    /// Bytes on which a parser has to decide something.
    private static let telling: [UInt8] =
        Array("\"\\{}[]:,-+.eE0123456789truefalsn/ub \t\n\r".utf8) + [
            0x00, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
        ]
    private static let pieces = [
        "true", "null", "\\u", "\\ud83d", "\\ude00", "\\n", "1e5", "-0", "[]", "{}", "\"a\":", "é", "日", "😀", "\u{2028}",
    ]
    private static let strings = [
        "", "a", "plain text that is longer than a word", "é", "日本語", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9",
        "\\ud83d\\ude00",
        "\\u0000", "tab\\tand more", "\u{7F}", "\u{2028}", "seven77", "eight888", "nine99999",
    ]
    private static let numbers = [
        "0", "-0", "1", "12", "-3.25", "1e5", "1E+5", "2.5e-10", "1e400", "1234567890123456789012345678901234567890", "0.10",
    ]

    private mutating func blanks(_ text: inout [UInt8]) {
        while generator.below(4) == 0 {
            text.append(generator.pick([0x20, 0x0A, 0x0D, 0x09]))
        }
    }

    private mutating func string(_ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for _ in 0..<generator.below(3) {
            text.append(contentsOf: generator.pick(Self.strings).utf8)
        }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func value(depth: Int, _ text: inout [UInt8]) {
        switch generator.below(depth > 5 ? 4 : 8) {
        case 0: text.append(contentsOf: generator.pick(["true", "false", "null"]).utf8)
        case 1: text.append(contentsOf: generator.pick(Self.numbers).utf8)
        case 2, 3: string(&text)
        case 4, 5: list("[", "]", isObject: false, depth: depth, &text)
        default: list("{", "}", isObject: true, depth: depth, &text)
        }
    }

    private mutating func list(_ open: String, _ close: String, isObject: Bool, depth: Int, _ text: inout [UInt8]) {
        text.append(contentsOf: open.utf8)
        blanks(&text)
        for place in 0..<generator.below(4) {
            if place > 0 {
                text.append(UInt8(ascii: ","))
                blanks(&text)
            }
            if isObject {
                string(&text)
                blanks(&text)
                text.append(UInt8(ascii: ":"))
                blanks(&text)
            }
            value(depth: depth + 1, &text)
            blanks(&text)
        }
        text.append(contentsOf: close.utf8)
    }
}
