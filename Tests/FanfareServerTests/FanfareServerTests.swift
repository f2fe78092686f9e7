import FanfareServer
import Logging
import NIOCore
import Testing

/// One after the other: a port that a test has given back must not be taken by the next one's.
@Suite("Server", .serialized, .timeLimit(.minutes(1)))
struct FanfareServerTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(loops: Int = 1, _ change: (inout ServerSettings) -> Void = { _ in }) -> ServerSettings {
        var settings = ServerSettings()
        settings.port = 0
        settings.loops = loops
        change(&settings)
        return settings
    }

    /// Runs `body` against a server, which is stopped whatever happens.
    private func withServer(_ settings: ServerSettings, _ body: (FanfareServer, HTTPClient) async throws -> Void) async throws {
        let server = try await FanfareServer.start(settings, logger: logger)
        do {
            try await body(server, HTTPClient(address: server.localAddress))
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func fault(_ settings: ServerSettings) async throws -> StartFault? {
        do {
            let server = try await FanfareServer.start(settings, logger: logger)
            try await server.stop()
            return nil
        } catch let fault as StartFault {
            return fault
        }
    }

    // MARK: - Starting and stopping

    @Test("port 0 is any free one; every loop's listener answers on it", arguments: [1, 2])
    func serves(loops: Int) async throws {
        try await withServer(settings(loops: loops)) { server, client in
            #expect(server.localAddress.port.map { $0 > 0 } == true)
            // The kernel deals connections out by their addresses: several, so that each loop gets some.
            for _ in 0..<16 {
                let answer = try await client.send("GET", "/livez")
                #expect(answer.status == 200)
                #expect(answer.body == #"{"status":"alive"}"#)
            }
            #expect(try await client.publish().body == #"{"Event":"update","channel":"news","data":[1],"subscribers":0}"#)
        }
    }

    @Test("after a stop nobody answers, and the port can be used again", arguments: [1, 2])
    func stops(loops: Int) async throws {
        var port = 0
        try await withServer(settings(loops: loops)) { server, client in
            port = server.localAddress.port ?? 0
            _ = try await client.send("GET", "/livez")
        }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        await #expect(throws: (any Error).self) { try await HTTPClient(address: address).send("GET", "/livez") }
        try await withServer(settings(loops: loops) { $0.port = port }) { _, client in
            let answer = try await client.send("GET", "/livez")
            #expect(answer.status == 200)
        }
    }

    @Test("a second server on the same port is refused with 69, whatever the numbers of loops", arguments: [1, 2], [1, 2])
    func addressTaken(loops: Int, others: Int) async throws {
        try await withServer(settings(loops: loops)) { server, client in
            let port = server.localAddress.port ?? 0
            let fault = try await fault(settings(loops: others) { $0.port = port })
            #expect(fault?.kind.rawValue == 69)
            #expect(fault?.message == "port \(port) on 127.0.0.1 is taken: stop what listens there, or choose another with --port")
            let answer = try await client.send("GET", "/livez")
            #expect(answer.status == 200)
        }
    }

    @Test("an address that is not this machine's is refused with 69")
    func foreignAddress() async throws {
        let fault = try await fault(
            settings {
                // TEST-NET-1 (RFC 5737).
                $0.host = "192.0.2.1"
                $0.keys = [KeySettings(name: "default", secret: "key")]
            })
        #expect(fault?.kind == .unavailable)
        #expect(fault?.message.hasPrefix("cannot listen on 192.0.2.1: ") == true)
    }

    @Test("settings with faults are refused with 78, all of them named")
    func configuration() async throws {
        let settings = settings {
            $0.host = "0.0.0.0"
            $0.corsOrigins = ["good.example"]
        }
        #expect(try await fault(settings) == StartFault(.configuration, settings.faults.joined(separator: "\n")))
        #expect(settings.faults.count == 2)
        #expect(StartFault.Kind.configuration.rawValue == 78)
    }

    // MARK: - Routes

    @Test(
        "unknown paths and trailing slashes: 404 in FastAPI's words",
        arguments: [
            "/x", "/broadcast", "/broadcast/a", "/broadcast/a/b/", "/broadcast/a/b/c", "/broadcast//b", "/livez/", "/Livez",
            "/livez%20",
            "//livez", "/socket.io/x", "/socket.iox", "/channels/", "/sockets", "/console/", "/metrics/",
        ])
    func notFound(path: String) async throws {
        try await withServer(settings()) { _, client in
            let answer = try await client.send("GET", path)
            #expect(answer.status == 404)
            #expect(answer.body == #"{"detail":"Not Found"}"#)
        }
    }

    @Test("the Engine.IO endpoint answers with and without the trailing slash")
    func engine() async throws {
        try await withServer(settings()) { _, client in
            for path in ["/socket.io/", "/socket.io"] {
                let answer = try await client.send("GET", "\(path)?EIO=4&transport=polling")
                #expect(answer.status == 200)
                #expect(answer.body.hasPrefix(#"0{"sid":""#))
            }
        }
    }

    @Test("an open server refuses a strange Host on every path with the two ways out")
    func rebinding() async throws {
        try await withServer(settings()) { _, client in
            for path in ["/livez", "/", "/x", "/socket.io/?EIO=4&transport=polling", "/broadcast/a/b"] {
                let answer = try await client.send("GET", path, host: "evil.example:8000")
                #expect(answer.status == 403)
                #expect(answer.body.contains("set FANFARE_PUBLISH_KEY, or FANFARE_INSECURE_OPEN=true"))
            }
            #expect(try await client.publish(host: "evil.example").status == 403)
            for host in ["LOCALHOST:1", "127.9.9.9", "[::1]:8000", "app.localhost"] {
                #expect(try await client.publish(host: host).status == 200)
            }
        }
    }

    @Test("with a key any Host will do, and publishing needs the key")
    func withKey() async throws {
        try await withServer(settings { $0.keys = [KeySettings(name: "default", secret: "secret")] }) { _, client in
            #expect(try await client.send("GET", "/livez", host: "fanfare.example").status == 200)
            let refused = try await client.publish(host: "fanfare.example")
            #expect(refused.status == 401)
            #expect(refused.head.contains("\r\nWWW-Authenticate: Bearer"))
            #expect(try await client.publish(host: "fanfare.example", fields: ["X-API-Key: secret"]).status == 200)
        }
    }

    @Test("open on purpose, any Host will do and no key is needed")
    func insecureOpen() async throws {
        try await withServer(settings { $0.isInsecureOpen = true }) { _, client in
            let answer = try await client.publish(host: "fanfare.example")
            #expect(answer.status == 200)
        }
    }

    @Test("the body limit is the one that was set")
    func maximumPayload() async throws {
        try await withServer(settings { $0.maximumPayload = 2 }) { _, client in
            let answer = try await client.publish()
            #expect(answer.status == 413)
            #expect(answer.body == #"{"detail":"The body is larger than 2 bytes"}"#)
        }
    }
}
