import HTTPAPI
import HTTPEdge
import Testing

@Suite("Liveness endpoint")
struct LivenessEndpointTests {
    @Test("GET is answered at once, and by no cache")
    func alive() throws {
        let fixture = try APIFixture { LivenessEndpoint(http: $1) }
        let alive = Answer(
            status: 200, reason: "OK", fields: ["content-type": "application/json", "content-length": "18", "cache-control": "no-store"],
            body: #"{"status":"alive"}"#)
        #expect(try fixture.request("GET", "/livez") == alive)
        #expect(try fixture.request("GET", "/livez?verbose=1") == alive)
    }

    @Test("/readyz is 200 until the drain begins, then 503")
    func ready() throws {
        let fixture = try APIFixture { LivenessEndpoint(http: $1) }
        #expect(try fixture.request("GET", "/readyz").body == #"{"status":"ready"}"#)
        fixture.http.isDraining = true
        let draining = try fixture.request("GET", "/readyz")
        #expect(draining.status == 503)
        #expect(draining.body == #"{"status":"draining"}"#)
        #expect(draining.fields["connection"] == "close")
    }

    @Test("any other method: 405 with Allow", arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func method(method: String) throws {
        let answer = try APIFixture { LivenessEndpoint(http: $1) }.request(method, "/livez")
        #expect(answer.status == 405)
        #expect(answer.fields["allow"] == "GET, HEAD")
        #expect(answer.body == #"{"detail":"Method Not Allowed"}"#)
    }
}
