import FanfareServer
import Foundation
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("flag and variable are one name", arguments: Limit.allCases)
    func names(limit: Limit) {
        #expect(limit.flag.hasPrefix("limit-") && limit.flag.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
        #expect(limit.variable == "FANFARE_" + limit.flag.uppercased().replacing("-", with: "_"))
    }

    @Test("a name is split at its capitals")
    func words() {
        #expect(Limit.firstByteDeadline.flag == "limit-first-byte-deadline")
        #expect(Limit.connectionsPerAddress.variable == "FANFARE_LIMIT_CONNECTIONS_PER_ADDRESS")
        #expect(Limit.headerDeadline.counter?.reason == "header_deadline")
    }

    @Test("a default is a value that can be set", arguments: Limit.allCases)
    func defaults(limit: Limit) {
        guard let standard = limit.standard else { return }
        #expect(Limits.parse(Limits.text(standard, of: limit), for: limit) == standard)
        #expect(Limits()[limit] == standard)
    }

    @Test(
        "values",
        arguments: [
            (Limit.headerDeadline, "300ms", 300), (.headerDeadline, "2m", 120_000), (.headerDeadline, "0s", nil),
            (.headerDeadline, "5", nil),
            (.queueBytes, "4MiB", 4_194_304), (.queueBytes, "65536", 65_536), (.queueBytes, "1kB", nil), (.queueBytes, "-1", nil),
            (.queueBytes, "999999999999GiB", nil), (.channels, "1", 1), (.channels, "0", nil), (.channels, "x", nil),
            (.pollReplyPackets, "17", nil), (.jsonDepth, "1024", 1_024),
        ] as [(Limit, String, Int?)])
    func values(limit: Limit, text: String, expected: Int?) {
        #expect(Limits.parse(text, for: limit) == expected)
    }

    /// `FANFARE_WRITE_DOCS=1 swift test --filter LimitTests` writes the page anew.
    @Test("docs/limits.md is the table in the code")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/limits.md").standardized
        let text = Self.markdown
        if ProcessInfo.processInfo.environment["FANFARE_WRITE_DOCS"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text)
    }

    private static var markdown: String {
        var text = """
            # Limits

            Each limit is a flag of `fanfare serve`, the variable of the same name, and a key below `limits` of the configuration file. This page is
            made from the table in the code (`Sources/FanfareServer/Settings/Limit.swift`) and a test holds the two together. Beside these stand
            `--max-payload` (1,000,000 bytes of a body, a WebSocket message or a polling POST: 413, 1009), `--connect-timeout` and
            `--upgrade-timeout`.

            What is refused or cut is counted by reason and logged every ten seconds, one line a reason: `msg=refused reason=… count=… total=…`.
            `/metrics` shows the same counts, see [metrics.md](metrics.md).

            | flag | default | bounds | past it | counted as |
            |---|---|---|---|---|

            """
        for limit in Limit.allCases {
            let standard = limit.standard.map { Limits.text($0, of: limit) } ?? "–"
            let counter = limit.counter.map { "`\($0.family)`, `\($0.reason)`" } ?? "–"
            let (bounds, answer) = limit.explanation
            text += "| `--\(limit.flag)` | \(standard) | \(bounds) | \(answer) | \(counter) |\n"
        }
        return text
    }
}
