import HTTPAPI
import Testing

@Suite("Pages endpoint")
struct PagesEndpointTests {
    private static func fixture() throws -> APIFixture {
        try APIFixture { _, _ in PagesEndpoint() }
    }

    private static let pages = [
        ("/docs", "text/html", "<!doctype html>"), ("/docs/app.js", "text/javascript; charset=UTF-8", "\"use strict\";"),
        ("/docs/style.css", "text/css; charset=UTF-8", ":root {"), ("/openapi.json", "application/json", "{\n  \"openapi\": \"3.1."),
    ]

    @Test("a page is served whole, with a policy that lets nothing foreign in", arguments: pages)
    func page(path: String, type: String, beginning: String) throws {
        let answer = try Self.fixture().request("GET", path)
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == type)
        #expect(answer.body.hasPrefix(beginning))
        let policy = answer.fields["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"))
        #expect(policy.hasSuffix("frame-ancestors 'none'"))
        #expect(answer.fields["x-content-type-options"] == "nosniff")
        #expect(answer.fields["referrer-policy"] == "no-referrer")
        #expect(try Self.fixture().request("GET", path + "?a=1") == answer)
    }

    @Test("the root and /redoc lead to the reference", arguments: ["/", "/redoc", "/?a=1"])
    func redirect(path: String) throws {
        let answer = try Self.fixture().request("GET", path)
        #expect(answer.status == 307)
        #expect(answer.fields["location"] == "/docs")
        #expect(answer.body.isEmpty)
    }

    @Test("any method but GET and HEAD: 405 with Allow", arguments: ["/docs", "/openapi.json", "/"], ["POST", "PUT", "DELETE", "OPTIONS"])
    func method(path: String, method: String) throws {
        let answer = try Self.fixture().request(method, path)
        #expect(answer.status == 405)
        #expect(answer.fields["allow"] == "GET, HEAD")
    }

    @Test("a path that is nearly a page's is not found", arguments: ["/docs/", "/Docs", "/docs/app", "/openapi.json/", "//", "/redoc/"])
    func unknown(path: String) throws {
        #expect(try Self.fixture().request("GET", path).status == 404)
    }
}
