import AccessControl
import Testing

@Suite("Access policy")
struct AccessPolicyTests {
    private func policy(
        keys: [String] = [], origins: [String] = [], isLoopbackListener: Bool = true, isInsecureOpen: Bool = false
    ) throws -> AccessPolicy {
        AccessPolicy(
            keys: AccessKeys(keys.map { AccessKey(name: $0, secret: $0) }),
            origins: OriginPolicy(list: try OriginList.parse(origins), isLoopbackListener: isLoopbackListener),
            isInsecureOpen: isInsecureOpen)
    }

    @Test("an open server answers to loopback names only", arguments: ["localhost:8000", "127.0.0.1", "[::1]:8000", "a.localhost"])
    func openAtHome(host: String) throws {
        #expect(try policy().checkHost(host) == nil)
    }

    @Test("a rebound name, no name and a broken one are strange to an open server", arguments: ["evil.example:8000", "", " ", nil])
    func strangeHost(host: String?) throws {
        #expect(try policy().checkHost(host) == .strangeHost)
        #expect(try policy(origins: ["*"]).checkHost(host) == .strangeHost)
        #expect(try policy(isLoopbackListener: false).checkHost(host) == .strangeHost)
    }

    @Test("with a key, or open on purpose, any host will do", arguments: ["evil.example:8000", "localhost", "", nil])
    func anyHost(host: String?) throws {
        #expect(try policy(keys: ["key"]).checkHost(host) == nil)
        #expect(try policy(isInsecureOpen: true).checkHost(host) == nil)
        #expect(try policy(keys: ["key"], isInsecureOpen: true).checkHost(host) == nil)
    }

    /// Who wants to publish, to `localhost:8000`.
    enum Publisher: String, CaseIterable, Sendable {
        case backend
        /// A page that the server itself, or a proxy under its name, has served.
        case ownPage = "http://localhost:8000"
        case listedPage = "https://good.example"
        case strangePage = "https://evil.example"
        case sandboxedPage = "null"

        var origin: String? { self == .backend ? nil : self.rawValue }
    }

    struct Row: Sendable {
        let keys: [String]
        let origins: [String]
        let publisher: Publisher
        let withoutKey: AccessRefusal?
        let withKey: AccessRefusal?
    }

    private static func rows(
        keys: [String], origins: [String], _ answers: [Publisher: (withoutKey: AccessRefusal?, withKey: AccessRefusal?)]
    ) -> [Row] {
        Publisher.allCases.map { publisher in
            // Who is not in the table is a page of somebody else.
            let answer = answers[publisher] ?? (.foreignOrigin, .foreignOrigin)
            return Row(keys: keys, origins: origins, publisher: publisher, withoutKey: answer.withoutKey, withKey: answer.withKey)
        }
    }

    private static let good = ["https://good.example"]
    private static let table =
        rows(keys: [], origins: [], [.backend: (nil, nil), .ownPage: (nil, nil)])
        + rows(keys: [], origins: good, [.backend: (nil, nil), .ownPage: (nil, nil)])
        + rows(keys: [], origins: ["*"], [.backend: (nil, nil), .ownPage: (nil, nil)])
        + rows(keys: ["key"], origins: [], [.backend: (.unauthorized, nil), .ownPage: (.unauthorized, nil)])
        + rows(
            keys: ["key"], origins: good,
            [.backend: (.unauthorized, nil), .ownPage: (.unauthorized, nil), .listedPage: (.unauthorized, nil)])
        + rows(keys: ["key"], origins: ["*"], [.backend: (.unauthorized, nil), .ownPage: (.unauthorized, nil)])

    @Test("a foreign page needs a key and its own entry in the list, everybody else the key if there is one", arguments: table)
    func publish(row: Row) throws {
        for isLoopbackListener in [true, false] {
            for isInsecureOpen in [true, false] {
                let policy = try policy(
                    keys: row.keys, origins: row.origins, isLoopbackListener: isLoopbackListener, isInsecureOpen: isInsecureOpen)
                let answer = { (authorization: String?, apiKey: String?) in
                    policy.refusal(
                        .publish, origin: row.publisher.origin, host: "localhost:8000", authorization: authorization, apiKey: apiKey)
                }
                #expect(answer(nil, nil) == row.withoutKey)
                #expect(answer("Bearer wrong", "wrong") == row.withoutKey)
                #expect(answer("Bearer key", nil) == row.withKey)
                #expect(answer(nil, "key") == row.withKey)
            }
        }
    }

    @Test("without a key a page of this machine may publish to a server that listens only there and has no list")
    func loopbackPages() throws {
        let answer = { (policy: AccessPolicy) in
            policy.refusal(.publish, origin: "http://localhost:3000", host: "localhost:8000", authorization: nil, apiKey: nil)
        }
        #expect(answer(try policy()) == nil)
        #expect(answer(try policy(origins: ["https://good.example"])) == .foreignOrigin)
        #expect(answer(try policy(origins: ["http://localhost:3000"])) == .foreignOrigin)
        #expect(answer(try policy(origins: ["*"])) == .foreignOrigin)
        #expect(answer(try policy(isLoopbackListener: false)) == .foreignOrigin)
        #expect(answer(try policy(keys: ["key"])) != nil)
    }

    @Test("any of several keys opens, so that they can be changed one after the other")
    func rotation() throws {
        let policy = try policy(keys: ["old", "new"])
        for key in ["old", "new"] {
            #expect(policy.refusal(.publish, origin: nil, host: "localhost", authorization: "Bearer \(key)", apiKey: nil) == nil)
        }
        #expect(policy.refusal(.publish, origin: nil, host: "localhost", authorization: "Bearer oldnew", apiKey: nil) == .unauthorized)
    }

    // MARK: - Rights

    private static let limited = AccessKeys([
        AccessKey(name: "publisher", secret: "p-secret", may: [.publish]), AccessKey(name: "reader", secret: "r-secret", may: [.read]),
        AccessKey(name: "operator", secret: "o-secret", may: [.read, .admin]), AccessKey(name: "all", secret: "a-secret"),
        AccessKey(name: "nothing", secret: "n-secret", may: []),
    ])

    @Test(
        "a key is for what it may, by name, and for nothing else",
        arguments: [
            ("publisher", [.publish]), ("reader", [.read]), ("operator", [.read, .admin]), ("all", Permission.allCases), ("nothing", []),
        ] as [(String, [Permission])])
    func rights(name: String, may: [Permission]) {
        let policy = AccessPolicy(
            keys: Self.limited, origins: OriginPolicy(list: .only([]), isLoopbackListener: false), isInsecureOpen: false)
        for permission in Permission.allCases {
            let decision = policy.check(
                permission, origin: nil, host: "push.example", authorization: nil, apiKey: "\(name.prefix(1))-secret")
            switch decision {
            case .granted(let key): #expect(may.contains(permission) && key?.name == name)
            case .refused(let refusal, let keyName): #expect(!may.contains(permission) && refusal == .notPermitted && keyName == name)
            }
        }
    }

    @Test("a refusal names a known key, and of others only whether there was one")
    func keyNames() throws {
        let policy = AccessPolicy(
            keys: Self.limited, origins: OriginPolicy(list: .only([]), isLoopbackListener: false), isInsecureOpen: false)
        let name = { (authorization: String?, apiKey: String?, origin: String?) -> String? in
            guard
                case .refused(_, let keyName) = policy.check(
                    .admin, origin: origin, host: "push.example", authorization: authorization, apiKey: apiKey)
            else { return nil }
            return keyName
        }
        #expect(name(nil, nil, nil) == "none")
        #expect(name("Basic cC1zZWNyZXQ=", nil, nil) == "none")
        #expect(name("Bearer guess", nil, nil) == "unknown")
        #expect(name(nil, "", nil) == "unknown")
        #expect(name(nil, "p-secret", nil) == "publisher")
        #expect(name(nil, "o-secret", "https://evil.example") == "operator", "a key that has got into a foreign page")
        #expect(name(nil, "o-secret", nil) == nil)
    }

    @Test("without keys everything is open to whom the server answers, and to no foreign page", arguments: Permission.allCases)
    func open(permission: Permission) throws {
        for origins in [[], ["*"], ["https://good.example"]] {
            let policy = try policy(origins: origins)
            #expect(policy.refusal(permission, origin: nil, host: "localhost", authorization: nil, apiKey: "any") == nil)
            #expect(
                policy.refusal(permission, origin: "https://good.example", host: "localhost", authorization: nil, apiKey: nil)
                    == .foreignOrigin)
        }
    }

    @Test("reading and administration from a foreign page need a key and its own entry too", arguments: Permission.allCases)
    func pages(permission: Permission) throws {
        let answer = { (origins: [String]) in
            try policy(keys: ["key"], origins: origins).refusal(
                permission, origin: "https://good.example", host: "push.example", authorization: nil, apiKey: "key")
        }
        #expect(try answer([]) == .foreignOrigin)
        #expect(try answer(["*"]) == .foreignOrigin)
        #expect(try answer(["https://good.example"]) == nil)
        #expect(try answer(["*", "https://good.example"]) == nil)
    }
}

extension AccessPolicy {
    /// Nil for what is granted.
    func refusal(
        _ permission: Permission, origin: String?, host: String?, authorization: String?, apiKey: String?
    ) -> AccessRefusal? {
        guard
            case .refused(let refusal, _) = self.check(
                permission, origin: origin, host: host, authorization: authorization, apiKey: apiKey)
        else { return nil }
        return refusal
    }
}
