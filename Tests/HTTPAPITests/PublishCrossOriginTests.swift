import AccessControl
import Broadcast
import HTTPEdge
import Testing

/// Contract 6, Fetch standard: which pages of other origins may send their publish, and read the answer.
@Suite("Publish endpoint: pages of other origins")
struct PublishCrossOriginTests {
    private static let good = "https://good.example"

    private func crossOrigin(_ answer: Answer) -> [String: String] {
        answer.fields.filter { $0.key.hasPrefix("access-control-") || $0.key == "vary" }
    }

    private func readable(by origin: String, credentials: Bool = true) -> [String: String] {
        var fields = [
            "access-control-allow-origin": origin, "vary": "Origin", "access-control-expose-headers": "Preference-Applied, Retry-After",
        ]
        if credentials { fields["access-control-allow-credentials"] = "true" }
        return fields
    }

    private func preflight(_ fixture: APIFixture, _ origin: String, method: String = "POST") throws -> Answer {
        // Without a body and so without a length, as browsers send it; an answer without a body has no length either.
        let request =
            "OPTIONS /broadcast/c/e HTTP/1.1\r\nHost: localhost:8000\r\nOrigin: \(origin)\r\nAccess-Control-Request-Method: \(method)\r\n"
            + "Access-Control-Request-Headers: authorization,content-type\r\n\r\n"
        return try #require(try fixture.send(Array(request.utf8)).first)
    }

    struct Row: Sendable {
        let keys: [String]
        let origins: [String]
        let origin: String
        /// Whether the page may publish, given the key.
        let isAdmitted: Bool
        var credentials = true
        /// Whether answers differ by origin, so that a cache has to know.
        var varies = true
    }

    private static let rows = [
        Row(keys: ["key"], origins: [good], origin: good, isAdmitted: true),
        Row(keys: ["key"], origins: [good], origin: "https://evil.example", isAdmitted: false),
        Row(keys: ["key"], origins: [good], origin: "http://good.example", isAdmitted: false),
        Row(keys: ["key"], origins: [good], origin: "null", isAdmitted: false),
        Row(keys: ["key"], origins: [good], origin: "http://localhost:3000", isAdmitted: false),
        Row(keys: ["key"], origins: ["*"], origin: good, isAdmitted: false, varies: false),
        Row(keys: ["key"], origins: ["*", good], origin: good, isAdmitted: true, credentials: false),
        Row(keys: ["key"], origins: ["*", good], origin: "https://evil.example", isAdmitted: false),
        Row(keys: ["key"], origins: [], origin: "http://localhost:3000", isAdmitted: false, varies: false),
        Row(keys: [], origins: [good], origin: good, isAdmitted: false),
        Row(keys: [], origins: [], origin: good, isAdmitted: false, varies: false),
        Row(keys: [], origins: [], origin: "http://localhost:3000", isAdmitted: true, credentials: false),
        Row(keys: [], origins: [], origin: "http://localhost:8000", isAdmitted: true, credentials: false),
        Row(keys: ["key"], origins: [good], origin: "http://localhost:8000", isAdmitted: true, credentials: false),
    ]

    @Test("the preflight of a page that may publish says how, any other gets 403 and nothing", arguments: rows)
    func preflights(row: Row) throws {
        let fixture = try APIFixture.publish(keys: row.keys, origins: row.origins)
        let answer = try preflight(fixture, row.origin)
        if row.isAdmitted {
            #expect(answer.status == 204 && answer.body.isEmpty && answer.fields["content-length"] == nil)
            var expected = readable(by: row.origin, credentials: row.credentials)
            expected["access-control-expose-headers"] = nil
            #expect(
                crossOrigin(answer)
                    == expected.merging([
                        "access-control-allow-methods": "POST", "access-control-max-age": "600",
                        "access-control-allow-headers":
                            "Authorization, Content-Type, Prefer, X-API-Key, X-Request-ID, traceparent, tracestate",
                    ]) { $1 })
            #expect(fixture.http.tally.refused.isEmpty)
        } else {
            #expect(answer.status == 403)
            #expect(answer.body == #"{"detail":"Web pages of other origins may not publish here"}"#)
            #expect(crossOrigin(answer) == (row.varies ? ["vary": "Origin"] : [:]))
            #expect(fixture.http.tally.refused == ["foreign_origin": 1])
        }
    }

    @Test("what the preflight says is what the publish gets, and can be read", arguments: rows)
    func publishes(row: Row) throws {
        let fixture = try APIFixture.publish(keys: row.keys, origins: row.origins)
        let answer = try fixture.post("/broadcast/c/e", "1", ["Origin: \(row.origin)", "X-API-Key: key"])
        #expect(answer.status == (row.isAdmitted ? 200 : 403))
        let silent = row.varies ? ["vary": "Origin"] : [:]
        #expect(crossOrigin(answer) == (row.isAdmitted ? readable(by: row.origin, credentials: row.credentials) : silent))
    }

    @Test("every answer to a listed page can be read by it, refusals too")
    func everyAnswer() throws {
        var limits = HubLimits()
        limits.pendingMessages = 1
        let access = LoopAccess(try APIFixture.policy([AccessKey(name: "a", secret: "key")], origins: [Self.good]))
        let fixture = try APIFixture.publish(access: access, maximumBody: 10, limits: limits)
        let subscriber = fixture.subscribe(to: "c")
        let json = "Content-Type: application/json", key = "X-API-Key: key", target = "/broadcast/c/e"
        let cases: [(Int, String, String, [String], String)] = [
            (401, "POST", target, [json], "1"), (405, "PUT", target, [json, key], "1"), (404, "POST", "/broadcast/c", [json, key], "1"),
            (415, "POST", target, ["Content-Type: text/plain", key], "1"), (422, "POST", target, [json, key], "[1"),
            (422, "POST", "/broadcast/c/connect", [json, key], "1"), (422, "POST", "/broadcast/%/e", [json, key], "1"),
            (200, "POST", target, [json, key], "1"), (503, "POST", target, [json, key], "1"),
        ]
        for (status, method, target, fields, body) in cases {
            let answer = try fixture.request(method, target, fields + ["Origin: \(Self.good)"], body: Array(body.utf8))
            #expect(answer.status == status)
            #expect(crossOrigin(answer) == readable(by: Self.good), "\(status)")
        }
        fixture.run()
        let minimal = try fixture.post(target, "1", [key, "Origin: \(Self.good)", "Prefer: return=minimal"])
        #expect(minimal.fields["preference-applied"] == "return=minimal")
        #expect(crossOrigin(minimal) == readable(by: Self.good))
        fixture.run()
        fixture.http.isDraining = true
        let draining = try fixture.post(target, "1", [key, "Origin: \(Self.good)"])
        #expect(draining.status == 503 && crossOrigin(draining) == readable(by: Self.good))
        let tooLarge = try APIFixture.publish(access: access, maximumBody: 10).post(
            target, String(repeating: " ", count: 11), [key, "Origin: \(Self.good)"])
        #expect(tooLarge.status == 413 && crossOrigin(tooLarge) == readable(by: Self.good))
        #expect(subscriber.packets.count == 2)
    }

    @Test("without an Origin no answer says anything about origins, and OPTIONS is a method like any other")
    func noOrigin() throws {
        let fixture = try APIFixture.publish(keys: ["key"], origins: [Self.good])
        for (method, status) in [("POST", 401), ("OPTIONS", 405), ("GET", 405)] {
            let answer = try fixture.request(method, "/broadcast/c/e", ["Access-Control-Request-Method: POST"])
            #expect(answer.status == status && crossOrigin(answer).isEmpty)
        }
        #expect(crossOrigin(try fixture.post("/broadcast/c/e", "1", ["X-API-Key: key"])).isEmpty)
    }

    @Test("a preflight publishes nothing and needs no key")
    func preflightIsHarmless() throws {
        let fixture = try APIFixture.publish(keys: ["key"], origins: [Self.good])
        let subscriber = fixture.subscribe(to: "c")
        for method in ["POST", "DELETE"] { #expect(try preflight(fixture, Self.good, method: method).status == 204) }
        fixture.run()
        #expect(subscriber.packets.isEmpty && fixture.http.begunPublishes == 0)
    }
}
