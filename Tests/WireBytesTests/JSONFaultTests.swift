import Testing
import WireBytes

@Suite("JSON faults")
struct JSONFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let offset: Int
        let reason: JSONFault.Reason

        init(_ text: String, _ offset: Int, _ reason: JSONFault.Reason) {
            self.text = text
            self.offset = offset
            self.reason = reason
        }

        var testDescription: String { "\(text.debugDescription) at \(offset)" }
    }

    @Test(
        "the fault names the first wrong byte and why",
        arguments: [
            Case("", 0, .empty),
            Case("  \n", 3, .empty),
            Case("\u{FEFF}{}", 0, .byteOrderMark),
            Case("False", 0, .expectedValue),
            Case(" NaN", 1, .expectedValue),
            Case("{\"a\": None}", 6, .expectedValue),
            Case("nul", 0, .expectedValue),
            Case("'a'", 0, .expectedValue),
            Case("[1, 2", 5, .unfinished),
            Case("[", 1, .unfinished),
            Case("[1,", 3, .unfinished),
            Case("{\"a\":", 5, .unfinished),
            Case("{\"a\"", 4, .unfinished),
            Case("{", 1, .unfinished),
            Case("{\"a\":1,", 7, .unfinished),
            Case("[\"abc", 1, .unterminatedString),
            Case("[\"abc\\", 1, .unterminatedString),
            Case("[\"abc\\u00", 1, .unterminatedString),
            Case("[\"\\ud83d\\", 1, .unterminatedString),
            Case("{a:1}", 1, .expectedName),
            Case("{\"a\":1, b:2}", 8, .expectedName),
            Case("{\"a\" 1}", 5, .expectedColon),
            Case("[1 2]", 3, .expectedCommaOrBracket),
            Case("[1}", 2, .expectedCommaOrBracket),
            Case("{\"a\":1 \"b\":2}", 7, .expectedCommaOrBrace),
            Case("{\"a\":1]", 6, .expectedCommaOrBrace),
            Case("[1,2,]", 4, .trailingComma),
            Case("{\"a\":1 , }", 7, .trailingComma),
            Case("[,1]", 1, .expectedValue),
            Case("01", 0, .badNumber),
            Case("-01", 1, .badNumber),
            Case("[1.]", 3, .badNumber),
            Case("1e+", 3, .badNumber),
            Case("-", 1, .badNumber),
            Case("+1", 0, .expectedValue),
            Case(".5", 0, .expectedValue),
            Case("0x10", 1, .extraText),
            Case("[\"a\\x\"]", 3, .badEscape),
            Case("\"\\u12G4\"", 1, .badEscape),
            Case("\"ab\\ud800\"", 3, .loneSurrogate),
            Case("\"\\udc00\\ud800\"", 1, .loneSurrogate),
            Case("\"\\ud800\\u0041\"", 1, .loneSurrogate),
            Case("\"a\nb\"", 2, .controlCharacter),
            Case("1 2", 2, .extraText),
            Case("{}\n{}", 3, .extraText),
            Case("[1]]", 3, .extraText),
            Case("null\u{0}", 4, .extraText),
        ])
    func places(fault: Case) {
        #expect(Bytes.scan(fault.text) == Bytes.fault(fault.offset, fault.reason))
    }

    @Test("bad UTF-8 is reported at the first byte of the sequence")
    func placesBadUTF8() {
        #expect(Bytes.scan([0x22, 0x61, 0xE2, 0x82, 0x22]) == Bytes.fault(2, .invalidUTF8))
        #expect(Bytes.scan([0x22, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0x22]) == Bytes.fault(3, .invalidUTF8))
        #expect(Bytes.scan([0x22, 0xF0, 0x9F]) == Bytes.fault(1, .invalidUTF8))
    }

    @Test("every reason has a sentence of its own")
    func messages() {
        let reasons: [JSONFault.Reason] = [
            .empty, .byteOrderMark, .unfinished, .unterminatedString, .expectedValue, .expectedName, .expectedColon,
            .expectedCommaOrBracket,
            .expectedCommaOrBrace, .trailingComma, .badNumber, .badEscape, .loneSurrogate, .controlCharacter, .invalidUTF8,
            .tooDeep(maximum: 64), .extraText,
        ]
        let messages = reasons.map { JSONFault(offset: 0, reason: $0).message }
        #expect(Set(messages).count == reasons.count)
        for message in messages {
            #expect(message.hasSuffix("."))
        }
        #expect(messages[15].contains("64"))
    }
}
