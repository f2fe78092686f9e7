import FanfareClient
import Testing

@Suite("Server URLs")
struct ServerURLTests {
    @Test(
        "host and port are read",
        arguments: [
            ("http://127.0.0.1:8000", "127.0.0.1", 8000, "127.0.0.1:8000"),
            ("http://127.0.0.1:8000/", "127.0.0.1", 8000, "127.0.0.1:8000"),
            ("HTTP://Example.org:1", "Example.org", 1, "Example.org:1"),
            ("http://example.org", "example.org", 80, "example.org:80"),
            ("http://my_service-1.local:65535", "my_service-1.local", 65_535, "my_service-1.local:65535"),
            ("http://[::1]:8000", "::1", 8000, "[::1]:8000"),
            ("http://[2001:db8::7]/", "2001:db8::7", 80, "[2001:db8::7]:80"),
        ])
    func read(text: String, host: String, port: Int, authority: String) throws {
        let url = try ServerURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.authority == authority)
    }

    @Test(
        "what is no server's URL is refused",
        arguments: [
            ("wss://example.org", .scheme),
            ("", .scheme), ("localhost:8000", .scheme), ("ws://localhost", .scheme), ("http:/localhost", .scheme),
            ("http://user@localhost", .user), ("http://a:b@localhost/", .user),
            ("http://localhost/app", .path), ("http://localhost:8000/app/", .path), ("http://localhost//", .path),
            ("http://localhost?a=b", .path), ("http://localhost:80#a", .path),
            ("http://", .host), ("http:///", .host), ("http://:8000", .host), ("http://a b", .host), ("http://é.org", .host),
            ("http://a\r\nX: y", .host), ("http://[::1", .host), ("http://[]", .host), ("http://[example]", .host),
            ("http://a%00b", .host), ("http://::1:8000", .host),
            ("http://a:", .port), ("http://a:0", .port), ("http://a:65536", .port), ("http://a:-1", .port), ("http://a:8000x", .port),
            ("http://a:999999999999999999999", .port), ("http://[::1]8000", .port), ("http://a:80:80", .port),
        ] as [(String, ServerURLFault)])
    func refused(text: String, fault: ServerURLFault) {
        #expect(throws: fault) { try ServerURL(text) }
    }

    @Test(
        "a listener's address becomes one that can be connected to",
        arguments: [
            ("0.0.0.0", "127.0.0.1:9000"), ("::", "[::1]:9000"), ("::1", "[::1]:9000"), ("[::1]", "[::1]:9000"),
            ("10.0.0.1", "10.0.0.1:9000"), ("localhost", "localhost:9000"),
        ])
    func listenAddress(host: String, authority: String) {
        #expect(ServerURL(listenHost: host, port: 9000).authority == authority)
    }

    @Test(
        "names are escaped byte by byte",
        arguments: [
            ("news", "update", "/broadcast/news/update"),
            ("a/b", "c d", "/broadcast/a%2Fb/c%20d"),
            ("é", "e\u{301}", "/broadcast/%C3%A9/e%CC%81"),
            ("100%", "a+b?#", "/broadcast/100%25/a%2Bb%3F%23"),
            ("A-z._~0", "\r\n", "/broadcast/A-z._~0/%0D%0A"),
        ])
    func names(channel: String, event: String, target: String) {
        let encoded = PathEncoding.publishTarget(channel: Array(channel.utf8).span, event: Array(event.utf8).span)
        #expect(encoded == target)
    }
}
