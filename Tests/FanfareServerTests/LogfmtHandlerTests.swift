import FanfareServer
import Testing

@Suite("Logfmt")
struct LogfmtHandlerTests {
    @Test("plain ASCII stays as it is", arguments: ["a", "127.0.0.1:8000", "stopping", "a/b?c&d", #"C:\x"#, "{}[],;'", "%0A"])
    func plain(text: String) {
        #expect(LogfmtHandler.quoted(text) == text)
    }

    @Test(
        "anything else is in quotes, with what would end them escaped",
        arguments: [
            ("", #""""#), (" ", #"" ""#), ("two words", #""two words""#), ("a=b", #""a=b""#), (#"say "a""#, #""say \"a\"""#),
            (#"a \ b"#, #""a \\ b""#), (#""\"#, #""\"\\""#), ("é 日本語 😀", #""é 日本語 😀""#), ("é", #""é""#), ("e\u{301}", "\"e\u{301}\""),
        ])
    func quoted(text: String, expected: String) {
        #expect(Array(LogfmtHandler.quoted(text).utf8) == Array(expected.utf8))
    }

    @Test(
        "nothing ends the line, moves the cursor or turns the direction of what follows",
        arguments: [
            ("a\nb", #""a\nb""#), ("a\r\nb", #""a\u{d}\nb""#), ("a\rb", #""a\u{d}b""#), ("a\tb", #""a\u{9}b""#), ("\0", #""\u{0}""#),
            ("\u{1B}[31m", #""\u{1b}[31m""#), ("\u{7F}", #""\u{7f}""#), ("\u{85}", #""\u{85}""#), ("\u{9B}", #""\u{9b}""#),
            ("a\u{2028}b", #""a\u{2028}b""#), ("a\u{2029}b", #""a\u{2029}b""#), ("\u{202E}", #""\u{202e}""#), ("\u{2066}", #""\u{2066}""#),
            ("\u{200D}", #""\u{200d}""#), ("\u{FEFF}", #""\u{feff}""#), ("\u{E0001}", #""\u{e0001}""#),
            ("x level=error msg=\"forged\"\ntime=now", #""x level=error msg=\"forged\"\ntime=now""#),
        ])
    func oneLine(text: String, expected: String) {
        #expect(LogfmtHandler.quoted(text) == expected)
    }
}
