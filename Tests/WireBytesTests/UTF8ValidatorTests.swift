import TestSupport
import Testing
import WireBytes

@Suite("UTF-8 validator")
struct UTF8ValidatorTests {
    private static let validSamples = [
        "", "a", "plain ascii text that is long", "é", "日", "😀", "aé日😀z", "12345678é12345678日", "\u{0}", "\u{FEFF}a",
        "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}",
    ]
    private static let samples: [[UInt8]] =
        validSamples.map { Array($0.utf8) } + JSONTexts.badSequences
        + JSONTexts.badSequences.map { Array("abcdefgh é".utf8) + $0 + Array("tail".utf8) }

    /// Verdict after each piece; the last one with whether the text is complete.
    private func verdict(_ pieces: [ArraySlice<UInt8>]) -> (isRefused: Bool, isComplete: Bool) {
        var validator = UTF8Validator()
        var isRefused = false
        for piece in pieces {
            let bytes = Array(piece)
            if !validator.consume(bytes.span) {
                isRefused = true
            } else if isRefused {
                Issue.record("accepted after a refusal")
            }
        }
        return (isRefused, validator.isAtBoundary)
    }

    @Test("whole texts are judged as the standard library does", arguments: samples)
    func whole(text: [UInt8]) {
        let isValid = String(validating: text, as: UTF8.self) != nil
        #expect(UTF8Validator.isValid(text.span) == isValid)
        let (isRefused, isComplete) = verdict([text[...]])
        #expect((!isRefused && isComplete) == isValid)
    }

    @Test("the verdict is the same at every split into two, into three and into bytes", arguments: samples)
    func splits(text: [UInt8]) {
        let expected = verdict([text[...]])
        for first in 0...text.count {
            #expect(verdict([text[..<first], text[first...]]) == expected)
            for second in first...text.count {
                #expect(verdict([text[..<first], text[first..<second], text[second...]]) == expected)
            }
        }
        #expect(verdict(text.indices.map { text[$0...$0] }) == expected)
    }

    @Test("the earliest byte that cannot be right is refused, not the end of its sequence")
    func earliest() {
        let cases: [([UInt8], Int)] = [
            ([0x80], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFF], 0), ([0xE0, 0x80, 0x80], 1),
            ([0xE0, 0x9F, 0xBF], 1),
            ([0xED, 0xA0, 0x80], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xC3, 0x41], 1),
            ([0xE2, 0x82, 0x41], 2),
            ([0xF0, 0x9F, 0x98, 0x41], 3), ([0x61, 0xC3, 0xA9, 0xA9], 3),
        ]
        for (text, place) in cases {
            var validator = UTF8Validator()
            for index in text.indices {
                let isAccepted = validator.consume([text[index]].span)
                #expect(isAccepted == (index < place), "\(text) at \(index)")
            }
            #expect(!validator.isAtBoundary)
        }
    }

    @Test("between two bytes of a character the text is not at a boundary")
    func boundary() {
        var validator = UTF8Validator()
        #expect(validator.isAtBoundary)
        let steps: [(UInt8, Bool)] = [(0x61, true), (0xC3, false), (0xA9, true), (0xF0, false), (0x9F, false), (0x98, false), (0x80, true)]
        for (byte, isAtBoundary) in steps {
            let isAccepted = validator.consume([byte].span)
            #expect(isAccepted)
            #expect(validator.isAtBoundary == isAtBoundary)
        }
        let none: [UInt8] = []
        let isAccepted = validator.consume(none.span)
        #expect(isAccepted && validator.isAtBoundary)
    }

    @Test("an empty piece does not forgive a refusal")
    func staysRefused() {
        var validator = UTF8Validator()
        for piece in [[0xFF], [], [0x61]] as [[UInt8]] {
            let isAccepted = validator.consume(piece.span)
            #expect(!isAccepted)
        }
        #expect(!validator.isAtBoundary)
    }

    @Test("every scalar value is accepted and every surrogate refused")
    func everyScalar() {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 37) {
            if let scalar = Unicode.Scalar(value) {
                let bytes = Array(Character(scalar).utf8)
                if !UTF8Validator.isValid(bytes.span) {
                    Issue.record("refused U+\(String(value, radix: 16))")
                }
            }
        }
        for value in 0xD800...0xDFFF {
            let bytes: [UInt8] = [0xED, UInt8(0x80 | value >> 6 & 0x3F), UInt8(0x80 | value & 0x3F)]
            if UTF8Validator.isValid(bytes.span) {
                Issue.record("accepted U+\(String(value, radix: 16))")
            }
        }
    }

    @Test("random bytes are judged as the standard library does, in one piece and in two", arguments: 0..<4 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let edges: [UInt8] = [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE1, 0xED, 0xF0, 0xF1, 0xF4]
        for _ in 0..<2_000 {
            let text = (0..<generator.below(24)).map { _ in generator.pick(edges) }
            let isValid = String(validating: text, as: UTF8.self) != nil
            #expect(UTF8Validator.isValid(text.span) == isValid)
            let split = generator.below(text.count + 1)
            let (isRefused, isComplete) = verdict([text[..<split], text[split...]])
            #expect((!isRefused && isComplete) == isValid)
        }
    }
}
