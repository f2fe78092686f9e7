import AccessControl
import Testing

@Suite("Origin list")
struct OriginListTests {
    private func message(_ entries: [String]) -> String? {
        do throws(OriginList.Fault) {
            _ = try OriginList.parse(entries)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("nothing but blanks is no list", arguments: [[], [""], [" ", "\t", ""]])
    func empty(entries: [String]) throws {
        #expect(try OriginList.parse(entries) == .only([]))
    }

    @Test("entries keep their order, blanks around them do not count")
    func entries() throws {
        let good = try #require(Origin(parsing: "https://good.example")), other = try #require(Origin(parsing: "http://other.example:8080"))
        #expect(try OriginList.parse([" https://good.example", "\thttp://other.example:8080 "]) == .only([good, other]))
    }

    @Test("a star anywhere allows everyone", arguments: [["*"], [" * "], ["*", "", "*"]])
    func star(entries: [String]) throws {
        #expect(try OriginList.parse(entries) == .everyone)
    }

    @Test(
        "entries beside a star are kept: they count where the star does not",
        arguments: [["https://good.example", "*"], ["*", "https://good.example"]])
    func starAndEntries(entries: [String]) throws {
        let good = try #require(Origin(parsing: "https://good.example"))
        #expect(try OriginList.parse(entries) == OriginPolicy.List(hasStar: true, origins: [good]))
    }

    @Test(
        "an entry with more than an origin is an error that shows the right form",
        arguments: [
            ("https://good.example/", "https://good.example"), ("https://good.example/app/", "https://good.example"),
            ("https://good.example:8443/app?x=1", "https://good.example:8443"), ("http://localhost:3000#top", "http://localhost:3000"),
            ("https://good.example?/", "https://good.example"),
        ])
    func path(entry: String, right: String) {
        #expect(
            message(["*", entry]) == "\"\(entry)\" is not an origin: an origin has no path and no slash at its end, write \(right)")
    }

    @Test("a host alone is an error that shows the right form", arguments: ["good.example", "good.example:8080"])
    func schemeless(entry: String) {
        #expect(message([entry]) == "\"\(entry)\" is not an origin: write scheme and host, such as https://\(entry)")
    }

    @Test(
        "where the right form cannot be guessed, the error says what an origin is",
        arguments: [
            "null", "https://*.example.org", "https://", "https:///", "https://user@good.example", "https://a.example https://b.example",
            "https://good.example:99999/", "**", "/", "://good.example",
        ])
    func unguessable(entry: String) {
        #expect(
            message([entry])
                == "\"\(entry)\" is not an origin: write scheme, host and, unless it is the scheme's own, port, such as https://app.example.org"
        )
    }
}
