import HTTPEdge
import NIOHTTP1
import Testing

@Suite("Request target")
struct RequestTargetTests {
    private func text(_ range: Range<Int>?, of target: RequestTarget) -> String? {
        range.map { String(decoding: Array(target.text.utf8)[$0], as: UTF8.self) }
    }

    @Test(
        "is split before anything is decoded",
        arguments: [
            ("/", "/", nil), ("/a/b", "/a/b", nil), ("/a?b=c", "/a", "b=c"), ("/a?", "/a", ""), ("/a?b?c", "/a", "b?c"),
            ("/a%2Fb%3Fc", "/a%2Fb%3Fc", nil), ("http://h/p?q", "/p", "q"), ("HTTPS://h:1/p", "/p", nil), ("http://h", "", nil),
            ("http://h?q", "", "q"), ("//h/p", "//h/p", nil), ("/é", "/é", nil),
        ] as [(String, String, String?)])
    func split(text: String, path: String, query: String?) throws {
        let target = try #require(RequestTarget(text, method: .GET))
        #expect(self.text(target.path, of: target) == path)
        #expect(self.text(target.query, of: target) == query)
    }

    @Test("what is no target", arguments: ["", "a", "*", "http:///p", "http://", "http://u@h/", "ftp://h/", "h:80", "/a#b", "/a?b#c"])
    func refused(text: String) {
        #expect(RequestTarget(text, method: .GET) == nil)
    }

    @Test("an asterisk is one of OPTIONS")
    func asterisk() throws {
        let target = try #require(RequestTarget("*", method: .OPTIONS))
        #expect(target.path.isEmpty && target.query == nil)
    }

    @Test("of several query items of a name the last counts; plus stays; escapes are decoded once")
    func query() throws {
        let target = try #require(RequestTarget("/?a=1&b&a=2+%2520&&=x&c=%zz&d=%ff&e=a=b&", method: .GET))
        #expect(self.text(target.queryItem("a"), of: target) == "2+%2520")
        #expect(target.queryItem("a").flatMap(target.decoded) == Array("2+%20".utf8))
        #expect(target.queryItem("b")?.isEmpty == true)
        #expect(target.queryItem("x") == nil)
        #expect(target.queryItem("c").flatMap(target.decoded) == nil)
        #expect(target.queryItem("d").flatMap(target.decoded) == nil)
        #expect(self.text(target.queryItem("e"), of: target) == "a=b")
        #expect(self.text(target.queryItem(""), of: target) == "x")
        #expect(RequestTarget("/", method: .GET)?.queryItem("a") == nil)
        #expect(RequestTarget("/?", method: .GET)?.queryItem("") == nil)
    }
}
