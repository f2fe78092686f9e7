import AccessControl
import HTTPEdge
@testable import Realtime
import Testing

/// Contract 6 and protocol.md 1.8: which lines an answer carries, and that every answer carries them.
@Suite("Cross-origin lines")
struct CrossOriginTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// `CORS_ORIGIN`.
        var list: [String] = []
        var origin: String?
        var verdict: OriginPolicy.Verdict
        var lines: String
        var testDescription: String { "\(self.list) \(self.origin ?? "none")" }
    }

    private static let vary = "Vary: Origin\r\n"
    private static func allow(_ origin: String) -> String { "Access-Control-Allow-Origin: \(origin)\r\n" }

    static let rows: [Row] = [
        Row(verdict: .none, lines: ""),
        Row(origin: "http://localhost:8000", verdict: .home, lines: allow("http://localhost:8000") + vary),
        Row(origin: "http://localhost:3000", verdict: .neighbour, lines: allow("http://localhost:3000") + vary),
        Row(origin: "https://evil.example", verdict: .foreign, lines: ""),
        Row(origin: "null", verdict: .foreign, lines: ""),
        Row(list: ["https://app.example"], verdict: .none, lines: vary),
        Row(
            list: ["https://app.example"], origin: "https://app.example", verdict: .listed,
            lines: allow("https://app.example") + "Access-Control-Allow-Credentials: true\r\n" + vary),
        Row(
            list: ["https://app.example"], origin: "https://APP.example:443", verdict: .listed,
            lines: allow("https://APP.example:443") + "Access-Control-Allow-Credentials: true\r\n" + vary),
        Row(list: ["https://app.example"], origin: "http://app.example", verdict: .foreign, lines: vary),
        Row(list: ["https://app.example"], origin: "http://localhost:3000", verdict: .foreign, lines: vary),
        Row(list: ["https://app.example"], origin: "http://localhost:8000", verdict: .home, lines: allow("http://localhost:8000") + vary),
        Row(
            list: ["*", "https://app.example"], origin: "https://app.example", verdict: .listed, lines: allow("https://app.example") + vary),
        Row(list: ["*", "https://app.example"], origin: "https://evil.example", verdict: .wildcard, lines: allow("*") + vary),
        Row(list: ["*", "https://app.example"], verdict: .none, lines: vary),
        Row(list: ["*"], verdict: .none, lines: ""),
        Row(list: ["*"], origin: "https://evil.example", verdict: .wildcard, lines: allow("*")),
        Row(list: ["*"], origin: "null", verdict: .wildcard, lines: allow("*")),
        Row(list: ["*"], origin: "http://localhost:8000", verdict: .home, lines: allow("http://localhost:8000") + vary),
    ]

    @Test("the lines of each case", arguments: rows)
    func table(row: Row) throws {
        let policy = OriginPolicy(list: try OriginList.parse(row.list), isLoopbackListener: true)
        let verdict = policy.judge(origin: row.origin, host: "localhost:8000")
        #expect(verdict == row.verdict)
        #expect(CrossOrigin.headers(policy, verdict, origin: row.origin) == row.lines)
    }

    /// The cross-origin fields of an answer.
    private func lines(_ answer: Answer?) -> String {
        (answer?.fields ?? []).filter { $0.hasPrefix("Access-Control") || $0.hasPrefix("Vary") }.map { $0 + "\r\n" }.joined()
    }

    @Test("handshake, poll, POST and errors all carry the lines; a foreign origin gets 403 on each", arguments: rows)
    func everyAnswer(row: Row) throws {
        let fixture = RealtimeFixture(origins: try OriginList.parse(row.list))
        let fields = row.origin.map { ["Origin: \($0)"] } ?? []
        let session = try fixture.joinPolling()
        let isForeign = row.verdict == .foreign
        let forbidden = #"403 {"code":4,"message":"Forbidden"}"#
        let requests: [(String, String, String, String)] = [
            ("GET", .engine("transport=polling"), "", "200"),
            ("GET", .engine("transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAAAA"), "", Answer.unknownSession),
            ("GET", .engine("transport=polling&sid=x"), "", Answer.unknownSession),
            ("GET", .engine("transport=websocket"), "", Answer.badRequest),
            ("PUT", .engine("transport=polling"), "", Answer.error(2, "Bad handshake method")),
            ("GET", "/socket.io/?transport=polling", "", Answer.error(5, "Unsupported protocol version")),
            ("PUT", session.target, "", "500 "),
            ("POST", session.target, #"421["subscribe","a"]"#, "200 ok"),
            ("GET", session.target, "", #"200 431["Entered room: a"]"#),
            ("POST", session.target, "x", "400 "),
        ]
        for (method, target, body, expected) in requests {
            let client = try fixture.connect()
            try client.request(method, target, fields, body: body)
            let answer = try client.answer()
            let summary = answer?.summary ?? ""
            #expect(isForeign ? summary == forbidden : summary.hasPrefix(expected))
            #expect(self.lines(answer) == row.lines)
        }
        #expect(fixture.realtime[0].sessionCount == 1, "the handshake's, or the one that a foreign page could not end")
    }

    @Test("an unknown transport is told before the origin is judged")
    func unknownTransport() throws {
        let client = try RealtimeFixture().connect()
        try client.request("GET", .engine("transport=x"), ["Origin: https://evil.example"])
        #expect(try client.answer()?.summary == Answer.error(0, "Transport unknown"))
    }

    @Test("a WebSocket from a foreign page is refused, one from an allowed page is not")
    func webSocket() throws {
        let fixture = RealtimeFixture(origins: try OriginList.parse(["https://app.example"]))
        let foreign = try fixture.connect()
        try foreign.send(.webSocketRequest("EIO=4&transport=websocket", ["Origin: https://evil.example"]))
        #expect(try foreign.answer()?.summary == "403 Forbidden")
        let listed = try fixture.connect()
        try listed.send(.webSocketRequest("EIO=4&transport=websocket", ["Origin: https://app.example"]))
        #expect(String(decoding: try listed.received(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        let polling = try fixture.joinPolling()
        let candidate = try fixture.connect()
        try candidate.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(polling.sid)", ["Origin: https://evil.example"]))
        #expect(try candidate.answer()?.summary == "403 Forbidden")
    }

    @Test("a preflight of an allowed page, to the byte")
    func preflight() throws {
        let client = try RealtimeFixture(origins: try OriginList.parse(["https://app.example"])).connect()
        try client.request(
            "OPTIONS", .engine("transport=polling"),
            ["Origin: https://app.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-a, x-b"])
        let answer = try #require(try client.answer())
        #expect(answer.summary == "204 ")
        #expect(
            answer.fields == [
                "Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Credentials: true", "Vary: Origin",
                "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE", "Vary: Access-Control-Request-Headers",
                "Access-Control-Allow-Headers: x-a, x-b",
            ])
    }

    @Test(
        "a preflight of a foreign page, and an OPTIONS of no page, allow nothing",
        arguments: [
            ("https://evil.example", #"403 {"code":4,"message":"Forbidden"}"#), (nil, Answer.error(2, "Bad handshake method")),
        ] as [(String?, String)])
    func refusedPreflight(origin: String?, expected: String) throws {
        let client = try RealtimeFixture().connect()
        try client.request("OPTIONS", .engine("transport=polling"), origin.map { ["Origin: \($0)"] } ?? [])
        let answer = try client.answer()
        #expect(answer?.summary == expected)
        #expect(self.lines(answer) == "")
    }

    @Test(
        "credentials are said as they were set: nothing without them, and for this machine's pages only if they were forced on",
        arguments: [
            (["https://app.example"], "https://app.example", false, false), (["https://app.example"], "https://app.example", true, true),
            ([], "http://localhost:3000", true, true), ([], "http://localhost:3000", false, false),
            (["*"], "https://app.example", true, false),
            ([], "http://localhost:8000", true, false),
        ])
    func credentials(list: [String], origin: String, said: Bool, told: Bool) throws {
        let policy = OriginPolicy(list: try OriginList.parse(list), isLoopbackListener: true, credentials: said)
        let lines = CrossOrigin.headers(policy, policy.judge(origin: origin, host: "localhost:8000"), origin: origin)
        #expect(lines.contains("Access-Control-Allow-Origin: "))
        #expect(lines.contains("Access-Control-Allow-Credentials: true\r\n") == told)
    }

    @Test("an origin that is taken off the list while its session lives is refused from its next request on; each refusal is counted")
    func delisted() throws {
        let fixture = RealtimeFixture(origins: try OriginList.parse(["https://app.example"]))
        let session = try fixture.joinPolling()
        let page = ["Origin: https://app.example"]
        let statuses = { () throws -> [String?] in
            try [("POST", session.target, #"42["x"]"#), ("GET", .engine("transport=polling"), "")].map { method, target, body in
                let client = try fixture.connect()
                try client.request(method, target, page, body: body)
                return (try client.answer()?.summary).map { String($0.prefix(3)) }
            }
        }
        #expect(try statuses() == ["200", "200"])
        let before = fixture.access.policy
        fixture.access.policy = AccessPolicy(
            keys: before.keys, origins: OriginPolicy(list: .only([]), isLoopbackListener: true), isInsecureOpen: false)
        #expect(try statuses() == ["403", "403"])
        #expect(
            fixture.access.takeLedger().counts == [.init(.foreignOrigin, of: .connect, keyName: "none", peer: "127.0.0.1"): 2])
        #expect(fixture.realtime[0].tally.refused["foreign_origin"] == 2)
        fixture.access.policy = before
        #expect(try statuses() == ["200", "200"], "the session has lived on")
    }
}
