package import HTTPEdge
package import NIOCore

/// `GET /livez`: the process answers. One a loop.
package final class LivenessEndpoint: Endpoint {
    package init() {}

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if request.method == .get {
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: "Cache-Control: no-store\r\n"), body: #"{"status":"alive"}"#)
        } else {
            exchange.refuseMethod(allowed: "GET")
        }
        return .answered
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
