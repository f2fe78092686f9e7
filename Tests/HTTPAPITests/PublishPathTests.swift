import AccessControl
import Broadcast
import HTTPAPI
import HTTPEdge
import NIOCore
import Testing

@Suite("Broadcast path")
struct PublishPathTests {
    /// Answers 200 to what the publish endpoint says is its own, 404 to everything else.
    private final class Asking: Endpoint {
        private let publish: PublishEndpoint

        init(_ publish: PublishEndpoint) {
            self.publish = publish
        }

        func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
            exchange.respond(ResponseHead(self.publish.owns(request.target) ? .ok : .notFound), body: "")
            return .answered
        }

        func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
        func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
        func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
    }

    private func status(_ target: String) throws -> Int {
        let access = try APIFixture.policy([])
        let fixture = try APIFixture { Asking(PublishEndpoint(hub: $0, access: LoopAccess(access), maximumBody: 1, http: $1)) }
        return try fixture.request("POST", target).status
    }

    @Test(
        "it is /broadcast/ and two segments, split while still encoded",
        arguments: [
            "/broadcast/c/e", "/broadcast/a%2Fb/e", "/broadcast/c/a%2fb", "/broadcast/%/%", "/broadcast/./..", "/broadcast/c/e?",
            "/broadcast/c/e?x=/y/", "/broadcast/broadcast/broadcast", "http://localhost:8000/broadcast/c/e", "/broadcast/%20/%20",
            "/broadcast/c;x/e;y", "/broadcast/é/日本",
        ])
    func owned(target: String) throws {
        #expect(try status(target) == 200)
    }

    @Test(
        "other numbers of segments, empty ones, a trailing slash and another beginning are not",
        arguments: [
            "/", "/broadcast", "/broadcast/", "/broadcast/c", "/broadcast/c/", "/broadcast//e", "/broadcast//", "/broadcast/c//",
            "/broadcast/c/e/", "/broadcast/c/e/f", "/broadcast/c//e", "//broadcast/c/e", "/Broadcast/c/e", "/BROADCAST/c/e",
            "/broadcasts/c/e",
            "/broadcas/c/e", "/%62roadcast/c/e", "/broadcast%2Fc/e", "/broadcast/c%2Fe", "/broadcast/c?/e", "/?/broadcast/c/e",
            "http://localhost:8000/", "http://localhost:8000/c/e", "/x/broadcast/c/e", "/broadcast/c/?x", "/broadcast/c/e/?x",
        ])
    func strange(target: String) throws {
        #expect(try status(target) == 404)
    }
}
