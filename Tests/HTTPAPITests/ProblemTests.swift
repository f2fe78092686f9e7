import HTTPAPI
import HTTPEdge
import NIOCore
import Testing

@Suite("Problem")
struct ProblemTests {
    @Test(
        "a plain one is FastAPI's detail, whatever is in the sentence",
        arguments: [
            ("Not Found", #"{"detail":"Not Found"}"#), ("", #"{"detail":""}"#), (#"say "a\b""#, #"{"detail":"say \"a\\b\""}"#),
            ("a\nb\u{1}", #"{"detail":"a\nb\u0001"}"#), ("é 😀", #"{"detail":"é 😀"}"#),
        ])
    func plain(detail: String, body: String) {
        #expect(Problem.plain(detail) == Array(body.utf8))
    }

    /// Refuses everything, by path.
    private final class Refusing: Endpoint {
        func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
            if request.target.hasPath("/busy") {
                exchange.refuse(.tooManyRequests, #"Slow "down""#, extraHeaders: "Retry-After: 3\r\n")
            } else if request.target.hasPath("/method") {
                exchange.refuseMethod(allowed: "GET, PUT")
            } else {
                exchange.refuseNotFound()
            }
            return .answered
        }

        func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
        func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
        func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
    }

    private func fields(_ body: String, _ more: [String: String] = [:]) -> [String: String] {
        ["content-type": "application/json", "content-length": "\(body.utf8.count)"].merging(more) { $1 }
    }

    @Test("an exchange is refused with a whole answer, and the connection goes on")
    func refuses() throws {
        let fixture = try APIFixture { _, _ in Refusing() }
        let notFound = #"{"detail":"Not Found"}"#
        #expect(try fixture.request("GET", "/x") == Answer(status: 404, reason: "Not Found", fields: fields(notFound), body: notFound))
        let method = #"{"detail":"Method Not Allowed"}"#
        #expect(
            try fixture.request("POST", "/method", body: Array("body".utf8))
                == Answer(status: 405, reason: "Method Not Allowed", fields: fields(method, ["allow": "GET, PUT"]), body: method))
        let busy = #"{"detail":"Slow \"down\""}"#
        #expect(
            try fixture.request("GET", "/busy")
                == Answer(status: 429, reason: "Too Many Requests", fields: fields(busy, ["retry-after": "3"]), body: busy))
    }
}
