import AccessControl
import Testing

@Suite("Origins")
struct OriginTests {
    @Test(
        "an origin is scheme and host, with a port or without",
        arguments: [
            "https://good.example", "http://good.example:8080", "HTTPS://GOOD.EXAMPLE", "http://127.0.0.1:3000", "http://[::1]:3000",
            "http://localhost", "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "https://xn--bcher-kva.example",
        ])
    func isOrigin(text: String) {
        #expect(Origin(parsing: text) != nil)
    }

    @Test(
        "everything else is none",
        arguments: [
            "", " ", "null", "NULL", "*", "good.example", "//good.example", "https:good.example", "https:/good.example", "https://", "://",
            "://good.example", "https://good.example/", "https://good.example/path", "https://good.example:443/", "https://good.example?",
            "https://good.example#", "https://good.example https://evil.example", "https://good.example,https://evil.example",
            "https://good.example, https://evil.example", " https://good.example", "https://good.example ", "https://user@good.example",
            "https://user:secret@good.example", "https://good.example:", "https://good.example:x", "https://good.example:65536",
            "https://good.example:-1", "https://*.example", "https://bücher.example", "https://good.example\\evil", "https://[::1",
            "ht tp://good.example", "http_s://good.example", "https://https://good.example", "https://good.example\n", "file://",
        ])
    func isNone(text: String) {
        #expect(Origin(parsing: text) == nil)
    }

    @Test(
        "the case of scheme and host and a scheme's own port make no difference",
        arguments: [
            ("https://good.example", "HTTPS://Good.Example"), ("https://good.example", "https://good.example:443"),
            ("http://good.example:80", "http://good.example"), ("ws://good.example", "ws://good.example:80"),
            ("wss://good.example", "wss://good.example:443"), ("https://good.example:8443", "https://GOOD.example:8443"),
            ("http://[::1]", "http://[::1]:80"), ("capacitor://localhost", "capacitor://localhost"),
        ])
    func equal(left: String, right: String) throws {
        #expect(try #require(Origin(parsing: left)) == #require(Origin(parsing: right)))
    }

    @Test(
        "scheme, host and port all count",
        arguments: [
            ("https://good.example", "http://good.example"), ("https://good.example", "https://good.example:8443"),
            ("http://good.example", "http://good.example:443"), ("https://good.example", "http://good.example:443"),
            ("https://good.example", "wss://good.example"), ("https://good.example", "https://good.example.evil.com"),
            ("https://good.example", "https://evil.good.example"), ("https://good.example", "https://good.exampl"),
            ("https://good.example", "https://good.example."), ("http://localhost:3000", "http://127.0.0.1:3000"),
            ("capacitor://localhost", "capacitor://localhost:80"),
        ])
    func different(left: String, right: String) throws {
        #expect(try #require(Origin(parsing: left)) != #require(Origin(parsing: right)))
    }

    @Test(
        "an origin is the server's own when host and port are those of the request",
        arguments: [
            ("https://good.example", "good.example", true), ("https://good.example", "GOOD.EXAMPLE", true),
            ("https://good.example", "good.example:443", true), ("https://good.example:443", "good.example", true),
            ("http://good.example", "good.example:80", true), ("http://localhost:8000", "localhost:8000", true),
            ("https://localhost:8000", "localhost:8000", true), ("http://[::1]:8000", "[::1]:8000", true),
            ("https://good.example", "good.example:80", false), ("http://good.example", "good.example:443", false),
            ("http://localhost:3000", "localhost:8000", false), ("http://localhost", "localhost:8000", false),
            ("http://localhost:8000", "127.0.0.1:8000", false), ("https://good.example.evil.com", "good.example", false),
            ("https://good.example", "good.example.evil.com", false), ("https://good.example", "", false),
            ("https://good.example", "good.example/", false), ("https://good.example", "user@good.example", false),
            ("https://good.example", "https://good.example", false),
        ])
    func matches(origin: String, host: String, expected: Bool) throws {
        #expect(try #require(Origin(parsing: origin)).matches(host: host) == expected)
    }

    @Test(
        "an origin is of this machine when its host is a loopback name",
        arguments: [
            ("http://localhost", true), ("https://LOCALHOST:3000", true), ("http://app.localhost", true), ("http://127.8.9.10:5173", true),
            ("http://[::1]:3000", true), ("http://localhost.evil.com", false), ("http://127.0.0.1.evil.com", false),
            ("https://good.example", false), ("http://[::2]", false), ("http://192.168.0.1", false),
        ])
    func isLoopback(origin: String, expected: Bool) throws {
        #expect(try #require(Origin(parsing: origin)).isLoopback == expected)
    }
}
