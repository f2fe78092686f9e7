import FanfareServer
import Foundation
import Testing

@Suite("Counted reasons")
struct CountedReasonsTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized

    private static func texts() throws -> [(path: String, text: String)] {
        let paths = FileManager.default.enumerator(atPath: sources.path())?.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
        return try (paths ?? []).map { ($0, try String(contentsOf: sources.appending(path: $0), encoding: .utf8)) }
    }

    /// The reasons that the sources name where they count, and those of the lists that belong to the HTTP edge alone.
    @Test("every reason that the sources count is one that is shown from the start")
    func complete() throws {
        let texts = try Self.texts()
        #expect(texts.count > 100)
        var refused: Set<String> = [], cut: Set<String> = []
        for (path, text) in texts {
            refused.formUnion(text.matches(of: /(?:tally\.refuse\(|\.refused\()"([a-z_]+)"\)/).map { String($0.1) })
            cut.formUnion(text.matches(of: /tally\.cut\("([a-z_]+)"\)/).map { String($0.1) })
            if path.hasSuffix("DecodingFault.swift") {
                refused.formUnion(text.matches(of: /case [.\w, ]+: "([a-z_]+)"/).map { String($0.1) })
            }
            if path.hasSuffix("HTTPConnectionActions.swift") {
                let deadlines = Set(text.matches(of: /case [.\w, ]+: "([a-z_]+)"/).map { String($0.1) })
                #expect(deadlines.isSubset(of: CountedReasons.refused.union(CountedReasons.cut)))
                #expect(deadlines.count == 6)
            }
        }
        #expect(refused.count > 12)
        #expect(refused.subtracting(CountedReasons.refused) == [])
        #expect(cut.subtracting(CountedReasons.cut) == [])
    }

    @Test("a limit's counter is among them", arguments: Limit.allCases)
    func limits(limit: Limit) {
        guard let (family, reason) = limit.counter else { return }
        #expect((family == "fanfare_refused_total" ? CountedReasons.refused : CountedReasons.cut).contains(reason))
    }

    @Test("reasons are words of lower case")
    func words() {
        for reason in CountedReasons.refused.union(CountedReasons.cut) {
            #expect(reason.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
        }
        #expect(!CountedReasons.cut.contains("transport_close"))
    }
}
