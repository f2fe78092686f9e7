@testable import FanfareServer
import Logging
import Testing

/// Access while the server runs: on every loop, over sockets.
@Suite("Access of a running server", .serialized, .timeLimit(.minutes(1)))
struct AccessChangeTests {
    private func withServer(
        _ log: RecordedLog, _ change: (inout ServerSettings) -> Void = { _ in }, _ body: (FanfareServer, HTTPClient) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        settings.port = 0
        settings.loops = 2
        change(&settings)
        let server = try await FanfareServer.start(settings, logger: log.logger)
        do {
            try await body(server, HTTPClient(address: server.localAddress))
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func changed(_ keys: [KeySettings], origins: [String] = []) -> ServerSettings {
        var settings = ServerSettings()
        settings.keys = keys
        settings.corsOrigins = origins
        return settings
    }

    /// The statuses of publishes with these keys, each on enough connections that every loop gets some.
    private func statuses(_ client: HTTPClient, _ keys: [String]) async throws -> [Set<Int>] {
        var found: [Set<Int>] = []
        for key in keys {
            var statuses: Set<Int> = []
            for _ in 0..<8 { statuses.insert(try await client.publish(fields: ["X-API-Key: \(key)"]).status) }
            found.append(statuses)
        }
        return found
    }

    @Test("keys are changed one after the other, on every loop, without a refusal of a good one")
    func rotation() async throws {
        let old = KeySettings(name: "old", secret: "old-secret-0123456789"), new = KeySettings(name: "new", secret: "new-secret-0123456789")
        try await withServer(RecordedLog()) { server, client in
            let keys = ["old-secret-0123456789", "new-secret-0123456789"]
            #expect(try await statuses(client, keys) == [[200], [200]], "open")
            try await server.reload(changed([old]))
            #expect(try await statuses(client, keys) == [[200], [401]])
            try await server.reload(changed([old, new]))
            #expect(try await statuses(client, keys) == [[200], [200]])
            try await server.reload(changed([new]))
            #expect(try await statuses(client, keys) == [[401], [200]])
        }
    }

    @Test("a change reaches hosts, origins of Socket.IO and of publishing at once")
    func everywhere() async throws {
        try await withServer(RecordedLog()) { server, client in
            let statuses = { () async throws -> [Int] in
                [
                    try await client.send("GET", "/livez", host: "push.example").status,
                    try await client.send("GET", "/socket.io/?EIO=4&transport=polling", fields: ["Origin: https://good.example"]).status,
                    try await client.send("OPTIONS", "/broadcast/a/b", fields: ["Origin: https://good.example"]).status,
                ]
            }
            #expect(try await statuses() == [403, 403, 403])
            try await server.reload(changed([KeySettings(name: "a", secret: "secret")], origins: ["https://good.example"]))
            #expect(try await statuses() == [200, 200, 204])
            try await server.reload(changed([]))
            #expect(try await statuses() == [403, 403, 403])
        }
    }

    @Test("refusals stand in the log with reason, action, key and address, and without the key")
    func audit() async throws {
        let log = RecordedLog()
        try await withServer(log, { $0.keys = [KeySettings(name: "default", secret: "top-secret")] }) { server, client in
            for _ in 0..<5 { _ = try await client.publish(fields: ["X-API-Key: guess-at-it"]) }
            _ = try await client.send("GET", "/socket.io/?EIO=4&transport=polling", fields: ["Origin: https://evil.example"])
        }
        let told = log.lines.filter { $0.hasPrefix("access refused ") }.sorted()
        #expect(
            told == [
                "access refused action=connect count=1 key=none peer=127.0.0.1 reason=foreign_origin",
                "access refused action=publish count=1 key=unknown peer=127.0.0.1 reason=unauthorized",
                "access refused action=publish count=4 key=unknown peer=127.0.0.1 reason=unauthorized",
            ])
        #expect(log.lines.contains("refused count=5 reason=unauthorized total=5"))
        #expect(log.lines.allSatisfy { !$0.contains("top-secret") && !$0.contains("guess-at-it") })
    }

    @Test(
        "a short key is taken, with a warning that names it and does not show it",
        arguments: [("0123456789abcde", 1), ("0123456789abcdef", 0)])
    func shortKey(key: String, warnings: Int) async throws {
        let log = RecordedLog()
        try await withServer(log, { $0.keys = [KeySettings(name: "default", secret: key)] }) { _, client in
            let answer = try await client.publish(fields: ["X-API-Key: \(key)"])
            #expect(answer.status == 200)
        }
        #expect(log.lines.count { $0.contains("key=default") && $0.contains("can be guessed") } == warnings)
        #expect(log.lines.allSatisfy { !$0.contains(key) })
    }
}
