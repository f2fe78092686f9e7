import TestSupport
import Testing
import WireBytes

@Suite("JSON strings")
struct JSONTextTests {
    private func decoded(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return JSONText.decodeString(0..<bytes.count, in: bytes.span)
    }

    private func appended(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        JSONText.appendQuoted(text.span, to: &output)
        return output
    }

    @Test(
        "escapes are decoded, everything else is kept",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u00E9\u65e5""#, "Aéé日"),
            (#""\ud83d\ude00""#, "😀"), (#""x\uD83D\uDE00y""#, "x😀y"), (#""\u0000""#, "\u{0}"), (#""\ufeff""#, "\u{FEFF}"),
            (#""\u007f\u0080\u07ff\u0800\uffff""#, "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}"),
            (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\ud800\udc00""#, "\u{10000}"), (#""é日😀""#, "é日😀"), (#""\\u0041""#, "\\u0041"),
            (#""a long plain text\nand another one""#, "a long plain text\nand another one"),
        ])
    func decodes(text: String, expected: String) {
        #expect(decoded(text) == Array(expected.utf8))
    }

    @Test(
        "what is not a string, or holds no valid escape, has no text",
        arguments: [
            "", "\"", "a", "1", "null", "[\"a\"]", "\"a", "a\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\uGGGG\"", "\"\\ud800\"",
            "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\\"",
        ])
    func refuses(text: String) {
        #expect(decoded(text) == nil)
    }

    @Test("a range outside the bytes has no text", arguments: [0..<9, -1..<2, 7..<9, Int.min..<Int.max])
    func outside(range: Range<Int>) {
        let bytes = Array("\"a\"".utf8)
        #expect(JSONText.decodeString(range, in: bytes.span) == nil)
    }

    @Test("only what JSON requires is escaped, in the short form where there is one")
    func escapes() {
        #expect(appended([]) == Array(#""""#.utf8))
        #expect(appended(Array("a\"b\\c/d".utf8)) == Array(#""a\"b\\c/d""#.utf8))
        #expect(
            appended(Array(0x00...0x1F))
                == Array(
                    (#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
                        + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#).utf8))
        #expect(appended(Array("\u{7F}é日😀\u{2028}".utf8)) == Array("\"\u{7F}é日😀\u{2028}\"".utf8))
    }

    @Test("the array keeps what it held before")
    func appends() {
        var output = Array("x=".utf8)
        JSONText.appendQuoted([UInt8(ascii: "a")].span, to: &output)
        #expect(output == Array("x=\"a\"".utf8))
    }

    @Test("counting, appending and writing agree, and decoding gives the text back", arguments: 0..<4 as Range<UInt64>)
    func agree(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for length in 0..<200 {
            let text = (0..<length).map { _ in
                generator.below(3) == 0 ? generator.pick(Array("\"\\\n\u{0}\u{1F}".utf8)) : UInt8(0x20 + generator.below(0x5F))
            }
            let quoted = appended(text)
            #expect(JSONText.quotedByteCount(text.span) == quoted.count)
            #expect(Bytes.written(capacity: quoted.count) { JSONText.writeQuoted(text.span, into: &$0) } == quoted)
            #expect(JSONText.decodeString(0..<quoted.count, in: quoted.span) == text)
            #expect(Bytes.scan(quoted) == .success(0..<quoted.count))
        }
    }
}
