package import HTTPEdge
package import NIOCore

/// `GET /livez`: the process answers; `GET /readyz`: it takes connections, which ends with the first moment of a drain. One a loop.
package final class LivenessEndpoint: Endpoint {
    private let http: HTTPLoop

    package init(http: HTTPLoop) {
        self.http = http
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
        } else {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: headers), body: #"{"status":"ready"}"#)
        }
        return .answered
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
