import AccessControl
import Testing

@Suite("Origin policy")
struct OriginPolicyTests {
    /// The lists that a server can have.
    enum Listed: CaseIterable, Sendable {
        case nothing, one, everyone

        func policy(isLoopbackListener: Bool) throws -> OriginPolicy {
            let entries: [String] =
                switch self {
                case .nothing: []
                case .one: ["https://good.example", "http://localhost:5000"]
                case .everyone: ["*"]
                }
            return OriginPolicy(list: try OriginList.parse(entries), isLoopbackListener: isLoopbackListener)
        }
    }

    struct Row: Sendable {
        let origin: String?
        let host: String?
        /// By list: nothing, one, everyone; first on a loopback listener, then on another.
        let here: [OriginPolicy.Verdict]
        let elsewhere: [OriginPolicy.Verdict]

        init(_ origin: String?, to host: String?, here: [OriginPolicy.Verdict], elsewhere: [OriginPolicy.Verdict]) {
            self.origin = origin
            self.host = host
            self.here = here
            self.elsewhere = elsewhere
        }

        init(_ origin: String?, to host: String?, _ everywhere: [OriginPolicy.Verdict]) {
            self.init(origin, to: host, here: everywhere, elsewhere: everywhere)
        }
    }

    private static let rows = [
        Row(nil, to: "localhost:8000", [.none, .none, .none]),
        Row(nil, to: nil, [.none, .none, .none]),
        // Same host and port.
        Row("http://localhost:8000", to: "localhost:8000", [.home, .home, .home]),
        Row("http://127.0.0.1:8000", to: "127.0.0.1:8000", [.home, .home, .home]),
        Row("https://fanfare.example", to: "fanfare.example", [.home, .home, .home]),
        Row("HTTPS://FANFARE.example:443", to: "fanfare.EXAMPLE", [.home, .home, .home]),
        Row("https://good.example", to: "good.example", [.home, .home, .home]),
        // This machine, another port or name.
        Row(
            "http://localhost:3000", to: "localhost:8000", here: [.neighbour, .foreign, .wildcard],
            elsewhere: [.foreign, .foreign, .wildcard]),
        Row(
            "http://app.localhost", to: "127.0.0.1:8000", here: [.neighbour, .foreign, .wildcard],
            elsewhere: [.foreign, .foreign, .wildcard]),
        Row("http://[::1]:3000", to: nil, here: [.neighbour, .foreign, .wildcard], elsewhere: [.foreign, .foreign, .wildcard]),
        Row(
            "http://localhost:5000", to: "localhost:8000", here: [.neighbour, .listed, .wildcard],
            elsewhere: [.foreign, .listed, .wildcard]),
        // Listed, by exact scheme, host and port.
        Row("https://good.example", to: "localhost:8000", [.foreign, .listed, .wildcard]),
        Row("HTTPS://GOOD.EXAMPLE:443", to: "localhost:8000", [.foreign, .listed, .wildcard]),
        Row("https://good.example", to: nil, [.foreign, .listed, .wildcard]),
        Row("http://good.example", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://good.example:8443", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        // Strangers.
        Row("https://evil.example", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://good.example.evil.com", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://evil.good.example", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("http://localhost.evil.com", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("http://127.0.0.1.evil.com:8000", to: "127.0.0.1:8000", [.foreign, .foreign, .wildcard]),
        // What is no origin is nobody's.
        Row("null", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("", to: "", [.foreign, .foreign, .wildcard]),
        Row("null", to: "null", [.foreign, .foreign, .wildcard]),
        Row("localhost:8000", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("http://localhost:8000/", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://good.example/", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://good.example https://evil.example", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        Row("https://evil.example, https://good.example", to: "localhost:8000", [.foreign, .foreign, .wildcard]),
        // A host that is none matches nothing.
        Row("http://evil.example", to: "evil.example@localhost", [.foreign, .foreign, .wildcard]),
    ]

    @Test("each origin has its verdict for each list on each listener", arguments: rows)
    func judges(row: Row) throws {
        for (index, listed) in Listed.allCases.enumerated() {
            let here = try listed.policy(isLoopbackListener: true).judge(origin: row.origin, host: row.host)
            #expect(here == row.here[index], "\(listed), on loopback")
            let elsewhere = try listed.policy(isLoopbackListener: false).judge(origin: row.origin, host: row.host)
            #expect(elsewhere == row.elsewhere[index], "\(listed), elsewhere")
        }
    }

    @Test(
        "credentials are on for a list, off for a star and without a list; said otherwise, never on for a star",
        arguments: [
            ([], nil, false), (["https://good.example"], nil, true), (["*"], nil, false), (["*", "https://good.example"], nil, false),
            ([], true, true), (["https://good.example"], true, true), (["*"], true, false), (["*", "https://good.example"], true, false),
            ([], false, false), (["https://good.example"], false, false), (["*"], false, false),
        ] as [([String], Bool?, Bool)])
    func credentials(entries: [String], said: Bool?, allowed: Bool) throws {
        let list = try OriginList.parse(entries)
        let policy = OriginPolicy(list: list, isLoopbackListener: true, credentials: said)
        #expect(policy.allowsCredentials == allowed)
        #expect((OriginPolicy.contradiction(list: list, credentials: said) != nil) == (list.hasStar && said == true))
    }

    @Test("beside a star an entry is still listed, everybody else is only let in")
    func starAndEntries() throws {
        let policy = OriginPolicy(list: try OriginList.parse(["*", "https://good.example"]), isLoopbackListener: true)
        #expect(policy.judge(origin: "https://good.example", host: "localhost") == .listed)
        for origin in ["https://evil.example", "http://localhost:3000", "null", ""] {
            #expect(policy.judge(origin: origin, host: "localhost") == .wildcard)
        }
    }
}
