package import HTTPEdge
package import NIOCore

/// `GET /livez`: the process answers; `GET /readyz`: it takes connections, which ends with the first moment of a drain, and with a backplane
/// begins when that was first reached (contract 10). One a loop.
package final class LivenessEndpoint: Endpoint {
    /// What is known of the backplane.
    package struct BackplaneState: Sendable {
        package let isUp: Bool
        package let wasReached: Bool
        /// Not ready without it.
        package let isNeeded: Bool

        package init(isUp: Bool, wasReached: Bool, isNeeded: Bool) {
            self.isUp = isUp
            self.wasReached = wasReached
            self.isNeeded = isNeeded
        }
    }

    private let http: HTTPLoop
    /// Nil for a server that is alone.
    private let backplane: (() -> BackplaneState)?

    package init(http: HTTPLoop, backplane: (() -> BackplaneState)? = nil) {
        self.http = http
        self.backplane = backplane
    }

    package func owns(_ target: RequestTarget) -> Bool {
        target.hasPath("/livez") || target.hasPath("/readyz")
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let headers = "Cache-Control: no-store\r\n"
        if request.method != .get, request.method != .head {
            exchange.refuseMethod(allowed: "GET, HEAD")
        } else if request.target.hasPath("/livez") {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: headers), body: #"{"status":"alive"}"#)
        } else if self.http.isDraining {
            exchange.respond(ResponseHead(.serviceUnavailable, .json, extraHeaders: headers), body: #"{"status":"draining"}"#)
        } else if let backplane = self.backplane?() {
            self.answer(backplane, headers: headers, on: exchange)
        } else {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: headers), body: #"{"status":"ready"}"#)
        }
        return .answered
    }

    private func answer(_ backplane: BackplaneState, headers: String, on exchange: Exchange) {
        if backplane.isUp {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: headers), body: #"{"status":"ready","backplane":"up"}"#)
        } else if backplane.wasReached, !backplane.isNeeded {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: headers), body: #"{"status":"ready","backplane":"down"}"#)
        } else {
            exchange.respond(
                ResponseHead(.serviceUnavailable, .json, extraHeaders: headers), body: #"{"status":"waiting","backplane":"down"}"#)
        }
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
