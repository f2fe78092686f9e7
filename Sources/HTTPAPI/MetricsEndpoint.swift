package import AccessControl
package import HTTPEdge
package import NIOCore

/// `GET /metrics` in the text format of Prometheus (contract 9). Needs the right to `read` once keys exist. One a loop.
///
/// One scrape at a time: requests that come meanwhile share the next one, so that a flood of them costs no more than one after the other.
package final class MetricsEndpoint: Endpoint {
    /// Takes the figures of all loops; `done` is called later, on this loop, with the text.
    package typealias Scrape = (_ done: @escaping (_ text: [UInt8]) -> Void) -> Void

    private let access: EndpointAccess
    private let scrape: Scrape
    private var isScraping = false
    /// For the next scrape.
    private var waiting: [(request: Request, exchange: Exchange)] = []

    package init(access: LoopAccess, http: HTTPLoop, scrape: @escaping Scrape) {
        self.access = EndpointAccess(
            access: access, http: http, permission: .read, methods: "GET, HEAD", everyAnswer: "Cache-Control: no-store\r\n")
        self.scrape = scrape
    }

    package func owns(_ target: RequestTarget) -> Bool {
        target.hasPath("/metrics")
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        guard request.method == .get || request.method == .head else {
            self.access.refuseMethod(request, on: exchange)
            return .answered
        }
        guard case .granted = self.access.admit(request, on: exchange) else { return .answered }
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
                exchange.respond(ResponseHead(.ok, .metrics, extraHeaders: self.access.lines(request)), body: text)
            }
            self.isScraping = false
            self.begin()
        }
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        self.waiting.removeAll { !$0.exchange.isAlive }
    }
}
