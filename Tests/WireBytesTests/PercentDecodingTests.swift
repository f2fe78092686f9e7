import Testing
import WireBytes

@Suite("Percent-decoding")
struct PercentDecodingTests {
    private func decoded(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return PercentDecoding.decode(0..<bytes.count, of: bytes.span)
    }

    @Test(
        "escapes of either case are decoded once, the rest is kept",
        arguments: [
            ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("a%2Fb", "a/b"), ("a%2fb", "a/b"), ("a+b", "a+b"), ("%2B", "+"), ("%2525", "%25"),
            ("%C3%A9", "é"), ("%c3%a9", "é"),
            ("é", "é"), ("%F0%9F%98%80", "😀"), ("%00", "\u{0}"), ("%7F", "\u{7F}"), ("%41%42%43", "ABC"), ("a%20", "a "),
            ("~-._!$&'()*,;=:@", "~-._!$&'()*,;=:@"),
        ])
    func decodes(text: String, expected: String) {
        #expect(decoded(text) == Array(expected.utf8))
    }

    @Test(
        "bad escapes are refused",
        arguments: ["%", "a%", "%2", "a%2", "%G0", "%0G", "%%", "%%20", "% 20", "%+2", "%-1", "%u0041", "%0x", "%２０", "a%2/"])
    func badEscapes(text: String) {
        #expect(decoded(text) == nil)
    }

    @Test(
        "what does not come out as UTF-8 is refused",
        arguments: ["%80", "%FF", "%C3", "%C3%28", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "a%E2%82"])
    func badUTF8(text: String) {
        #expect(decoded(text) == nil)
    }

    @Test("raw bytes that are not UTF-8 are refused, and a character half raw, half encoded is one character")
    func rawBytes() {
        let raw: [UInt8] = [0x61, 0xFF]
        #expect(PercentDecoding.decode(0..<2, of: raw.span) == nil)
        let mixed: [UInt8] = [0xC3] + Array("%A9".utf8)
        #expect(PercentDecoding.decode(0..<4, of: mixed.span) == Array("é".utf8))
    }

    @Test("only the range is decoded, and an escape may not reach beyond it")
    func ranges() {
        let bytes = Array("/a%20b/%2".utf8)
        #expect(PercentDecoding.decode(1..<6, of: bytes.span) == Array("a b".utf8))
        #expect(PercentDecoding.decode(1..<4, of: bytes.span) == nil)
        #expect(PercentDecoding.decode(0..<100, of: bytes.span) == nil)
        #expect(PercentDecoding.decode(-1..<3, of: bytes.span) == nil)
        #expect(PercentDecoding.decode(3..<3, of: bytes.span) == [])
    }
}
