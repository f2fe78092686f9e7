package import AccessControl
package import HTTPEdge
package import NIOCore

/// `GET /metrics` in the text format of Prometheus (contract 9). Needs the right to `read` once keys exist. One a loop.
///
/// One scrape at a time: requests that come meanwhile share the next one, so that a flood of them costs no more than one after the other.
package final class MetricsEndpoint: Endpoint {
    /// Takes the figures of all loops; `done` is called later, on this loop, with the text.
    package typealias Scrape = (_ done: @escaping (_ text: [UInt8]) -> Void) -> Void

    private let access: LoopAccess
    private let http: HTTPLoop
    private let scrape: Scrape
    private var isScraping = false
    /// For the next scrape.
    private var waiting: [(request: Request, exchange: Exchange)] = []

    package init(access: LoopAccess, http: HTTPLoop, scrape: @escaping Scrape) {
        self.access = access
        self.http = http
        self.scrape = scrape
    }

    package func owns(_ target: RequestTarget) -> Bool {
        target.hasPath("/metrics")
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        guard request.method == .get || request.method == .head else {
            exchange.refuse(.methodNotAllowed, "Method Not Allowed", extraHeaders: "Allow: GET, HEAD\r\n" + self.headers(request))
            return .answered
        }
        guard self.isPermitted(request, on: exchange) else { return .answered }
        self.waiting.append((request, exchange))
        self.begin()
        return .parked(by: self)
    }

    private func begin() {
        guard !self.isScraping, !self.waiting.isEmpty else { return }
        let answered = self.waiting
        self.waiting = []
        self.isScraping = true
        self.scrape { text in
            for (request, exchange) in answered {
                exchange.respond(ResponseHead(.ok, .metrics, extraHeaders: self.headers(request)), body: text)
            }
            self.isScraping = false
            self.begin()
        }
    }

    private func isPermitted(_ request: Request, on exchange: Exchange) -> Bool {
        let facts = request.facts
        guard
            case .refused(let refusal, let keyName) = self.access.policy.check(
                .read, origin: facts.origin, host: facts.host, authorization: facts.authorization, apiKey: facts.apiKey)
        else { return true }
        self.http.tally.refuse(refusal.reason)
        self.access.note(refusal, of: .read, keyName: keyName, peer: exchange.clientAddress)
        switch refusal {
        case .unauthorized:
            exchange.refuse(
                .unauthorized, "Send a key that may read: Authorization: Bearer <key>, or X-API-Key: <key>",
                extraHeaders: "WWW-Authenticate: Bearer\r\n" + self.headers(request))
        case .foreignOrigin, .strangeHost:
            exchange.refuse(.forbidden, "Web pages of other origins may not read this", extraHeaders: self.headers(request))
        case .notPermitted, .channelNotPermitted:
            exchange.refuse(.forbidden, "This key may not read", extraHeaders: self.headers(request))
        }
        return false
    }

    /// No cache keeps it; a page that may read it can read every answer.
    private func headers(_ request: Request) -> String {
        let facts = request.facts
        return "Cache-Control: no-store\r\n" + self.access.policy.crossOriginLines(origin: facts.origin, host: facts.host)
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        self.waiting.removeAll { !$0.exchange.isAlive }
    }
}
