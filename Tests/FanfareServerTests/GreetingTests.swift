import FanfareServer
import NIOCore
import Testing

@Suite("Greeting")
struct GreetingTests {
    private func text(_ change: (inout ServerSettings) -> Void, port: Int = 8000) throws -> [Substring] {
        var settings = ServerSettings()
        change(&settings)
        let text = Greeting.text(settings, address: try SocketAddress(ipAddress: "127.0.0.1", port: port))
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("it says where the server listens, and what to try")
    func wholeText() throws {
        #expect(
            try text({ $0.loops = 2 }) == [
                "Fanfare listens on http://127.0.0.1:8000 (open, to this machine only; event loops: 2)",
                "See: http://127.0.0.1:8000/console and http://127.0.0.1:8000/docs",
                "Try: curl -H 'Content-Type: application/json' -d '{\"hello\":\"world\"}' http://127.0.0.1:8000/broadcast/news/update", "",
            ])
    }

    @Test("the port is the one that was bound, not the 0 that was asked for")
    func boundPort() throws {
        let lines = try text({ $0.port = 0 }, port: 40_123)
        #expect(lines.first?.hasPrefix("Fanfare listens on http://127.0.0.1:40123 (") == true)
        #expect(lines[2].hasSuffix(" http://127.0.0.1:40123/broadcast/news/update"))
    }

    @Test(
        "the address is one that a client on this machine can use",
        arguments: [
            ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("fe80::1", "[fe80::1]"), ("localhost", "localhost"),
            ("192.168.0.1", "192.168.0.1"),
        ])
    func host(host: String, reachable: String) throws {
        #expect(try text({ $0.host = host }).first?.hasPrefix("Fanfare listens on http://\(reachable):8000 (") == true)
    }

    @Test("with a key the call to try has it, by the variable's name, and the key is not shown")
    func key() throws {
        let lines = try text {
            $0.keys = [KeySettings(name: "default", secret: "top-secret")]
            $0.isInsecureOpen = true
        }
        #expect(lines[0].contains("(a publish key is needed;"))
        #expect(lines[2].hasPrefix(#"Try: curl -H "Authorization: Bearer $FANFARE_PUBLISH_KEY" -H 'Content-Type: application/json' "#))
        #expect(!lines.joined().contains("top-secret"))
    }

    @Test("an open server says to whom")
    func open() throws {
        #expect(try text { $0.isInsecureOpen = true }[0].contains("(open to everybody who can reach it;"))
    }
}
