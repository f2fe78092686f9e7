import FanfareServer
import Testing

@Suite("Duration text")
struct DurationTextTests {
    @Test(
        "a whole number and a unit",
        arguments: [
            ("300ms", 300), ("25s", 25_000), ("2m", 120_000), ("1h", 3_600_000), ("0s", 0), ("007s", 7_000), ("90m", 5_400_000),
            ("999999999999ms", 999_999_999_999), ("999999999999h", 3_599_999_999_996_400_000),
        ])
    func milliseconds(text: String, milliseconds: Int64) {
        #expect(DurationText(text)?.milliseconds == milliseconds)
    }

    @Test(
        "nothing else: no bare number, fraction, sign, blank, other unit or digit, and no thirteenth digit",
        arguments: [
            "", "25", "s", "ms", "1.5s", "1,5s", "-1s", "+1s", " 1s", "1s ", "1 s", "1S", "1MS", "1M", "1min", "1sec", "1d", "1us", "1ns",
            "1m30s",
            "1e3s", "0x10s", "½h", "１s", "٣s", "1\u{301}s", "1s\u{301}", "1000000000000ms", "99999999999999999999s", "infs",
        ])
    func refused(text: String) {
        #expect(DurationText(text) == nil)
    }
}
