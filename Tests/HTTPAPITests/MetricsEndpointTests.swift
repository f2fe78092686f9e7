import AccessControl
import HTTPAPI
import HTTPEdge
import Testing

@Suite("Metrics endpoint")
struct MetricsEndpointTests {
    /// What would ask the loops: answers when a test says so.
    private final class Scrapes {
        var begun = 0
        var done: (([UInt8]) -> Void)?
        var answersAtOnce = true

        func begin(_ done: @escaping ([UInt8]) -> Void) {
            self.begun += 1
            if self.answersAtOnce { done(Array("a 1\n".utf8)) } else { self.done = done }
        }
    }

    private func fixture(keys: [AccessKey] = [], origins: [String] = [], scrapes: Scrapes = Scrapes()) throws -> (APIFixture, LoopAccess) {
        let access = LoopAccess(try APIFixture.policy(keys, origins: origins))
        return (try APIFixture { MetricsEndpoint(access: access, http: $1) { scrapes.begin($0) } }, access)
    }

    @Test("GET is answered with the text, under Prometheus' type, and no cache keeps it")
    func get() throws {
        let (fixture, _) = try fixture()
        let answer = try fixture.request("GET", "/metrics")
        #expect(
            answer
                == Answer(
                    status: 200, reason: "OK",
                    fields: [
                        "content-type": "text/plain; version=0.0.4; charset=utf-8", "content-length": "4", "cache-control": "no-store",
                    ], body: "a 1\n"))
        #expect(try fixture.request("GET", "/metrics?name[]=x").body == "a 1\n")
    }

    @Test("any other method: 405 with Allow, and nothing is looked up", arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func method(method: String) throws {
        let scrapes = Scrapes()
        let answer = try fixture(scrapes: scrapes).0.request(method, "/metrics")
        #expect(answer.status == 405)
        #expect(answer.fields["allow"] == "GET, HEAD")
        #expect(scrapes.begun == 0)
    }

    @Test(
        "once keys exist: 401 without one, 403 for one that may not read",
        arguments: [(nil, 401), ("wrong", 401), ("publisher", 403), ("administrator", 403), ("reader", 200), ("all", 200)]
            as [(String?, Int)])
    func keys(secret: String?, status: Int) throws {
        let keys = [
            AccessKey(name: "p", secret: "publisher", may: [.publish]), AccessKey(name: "r", secret: "reader", may: [.read]),
            AccessKey(name: "m", secret: "administrator", may: [.admin]), AccessKey(name: "a", secret: "all"),
        ]
        let scrapes = Scrapes()
        let (fixture, access) = try fixture(keys: keys, scrapes: scrapes)
        for field in ["X-API-Key: \(secret ?? "")", "Authorization: Bearer \(secret ?? "")"] {
            let answer = try fixture.request("GET", "/metrics", secret == nil ? [] : [field])
            #expect(answer.status == status)
            #expect(answer.fields["www-authenticate"] == (status == 401 ? "Bearer" : nil))
            #expect(answer.fields["cache-control"] == "no-store")
        }
        #expect(scrapes.begun == (status == 200 ? 2 : 0))
        #expect(fixture.http.tally.refused == (status == 200 ? [:] : [status == 401 ? "unauthorized" : "not_permitted": 2]))
        #expect(access.takeLedger().counts.keys.allSatisfy { $0.activity == .read })
    }

    @Test(
        "a page of another origin needs a key and has to be listed",
        arguments: [
            ("http://localhost:8000", false, 200), ("http://localhost:8000", true, 200), ("http://localhost:3000", false, 200),
            ("http://localhost:3000", true, 403), ("https://app.example.org", true, 200), ("https://evil.example.org", true, 403),
            ("https://evil.example.org", false, 403), ("null", true, 403),
        ])
    func origins(origin: String, hasKey: Bool, status: Int) throws {
        let keys = hasKey ? [AccessKey(name: "r", secret: "reader", may: [.read])] : []
        let (fixture, _) = try fixture(keys: keys, origins: hasKey ? ["https://app.example.org"] : [])
        let answer = try fixture.request("GET", "/metrics", ["Origin: \(origin)", "X-API-Key: reader"])
        #expect(answer.status == status)
        if status == 200 { #expect(answer.fields["access-control-allow-origin"] == origin) }
        if status == 403 { #expect(answer.fields["access-control-allow-origin"] == nil) }
    }

    @Test("a browser is told that a listed page may send its key, and nothing about any other")
    func preflight() throws {
        let key = AccessKey(name: "r", secret: "reader", may: [.read])
        let (fixture, _) = try fixture(keys: [key], origins: ["https://app.example.org"])
        let asked = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"]
        let listed = try fixture.request("OPTIONS", "/metrics", ["Origin: https://app.example.org"] + asked)
        #expect(listed.status == 204)
        #expect(listed.fields["access-control-allow-origin"] == "https://app.example.org")
        #expect(listed.fields["access-control-allow-methods"] == "GET, HEAD")
        #expect(listed.fields["access-control-allow-headers"]?.hasPrefix("Authorization, X-API-Key") == true)
        let foreign = try fixture.request("OPTIONS", "/metrics", ["Origin: https://evil.example.org"] + asked)
        #expect(foreign.status == 403)
        #expect(!foreign.fields.keys.contains { $0.hasPrefix("access-control") })
    }

    @Test("one scrape at a time: who comes meanwhile gets the next one, all of them the same")
    func oneAtATime() throws {
        let scrapes = Scrapes()
        scrapes.answersAtOnce = false
        let access = LoopAccess(try APIFixture.policy([]))
        let fixture = try APIFixture { MetricsEndpoint(access: access, http: $1) { scrapes.begin($0) } }
        let second = try fixture.connect()
        let third = try fixture.connect()
        let request = Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        #expect(try fixture.send(request).isEmpty)
        #expect(try fixture.send(request, on: second).isEmpty && fixture.send(request, on: third).isEmpty)
        #expect(scrapes.begun == 1, "the others have to wait")
        scrapes.done?(Array("a 1\n".utf8))
        #expect(try fixture.send([]).map(\.body) == ["a 1\n"])
        #expect(try fixture.send([], on: second).isEmpty, "a scrape from before it asked is not its answer")
        #expect(scrapes.begun == 2)
        scrapes.done?(Array("a 2\n".utf8))
        #expect(try fixture.send([], on: second).map(\.body) == ["a 2\n"])
        #expect(try fixture.send([], on: third).map(\.body) == ["a 2\n"])
        #expect(scrapes.begun == 2, "nobody is left")
    }
}
