import HTTPAPI
import Testing

@Suite("Liveness endpoint")
struct LivenessEndpointTests {
    @Test("GET is answered at once, and by no cache")
    func alive() throws {
        let fixture = try APIFixture { _ in LivenessEndpoint() }
        let alive = Answer(
            status: 200, reason: "OK", fields: ["content-type": "application/json", "content-length": "18", "cache-control": "no-store"],
            body: #"{"status":"alive"}"#)
        #expect(try fixture.request("GET", "/livez") == alive)
        #expect(try fixture.request("GET", "/livez?verbose=1") == alive)
    }

    @Test("any other method: 405 with Allow", arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func method(method: String) throws {
        let answer = try APIFixture { _ in LivenessEndpoint() }.request(method, "/livez")
        #expect(answer.status == 405)
        #expect(answer.fields["allow"] == "GET")
        #expect(answer.body == #"{"detail":"Method Not Allowed"}"#)
    }
}
