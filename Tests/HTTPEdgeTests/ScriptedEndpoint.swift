import HTTPEdge
import NIOCore

/// Answers by path, and notes what it is told.
final class ScriptedEndpoint: Endpoint {
    var log: [String] = []
    var parked: [Exchange] = []
    var upgradeHandler: (any ChannelHandler)?
    /// Tells whether a body is a slice of what was read.
    var bodies: [ByteBuffer] = []
    var bodyLimit = 100

    static let upgradeResponse = ByteBuffer(string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n")

    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let path = String(request.target.text.utf8.dropFirst(request.target.path.lowerBound).prefix(request.target.path.count)) ?? ""
        self.log.append("head \(path)")
        switch path {
        case "/echo", "/collect":
            return .collectBody(by: self, limit: self.bodyLimit)
        case "/park":
            self.parked.append(exchange)
            return .parked(by: self)
        case "/upgrade":
            if let handler = self.upgradeHandler { exchange.upgrade(responding: Self.upgradeResponse, to: handler) }
            return .answered
        case "/refuse":
            exchange.respond(ResponseHead(.unauthorized, .json, extraHeaders: "WWW-Authenticate: Bearer\r\n"), body: "{}")
            return .answered
        case "/empty":
            exchange.respond(ResponseHead(.noContent))
            return .answered
        case "/close":
            exchange.respond(ResponseHead(.ok, closes: true), body: "bye")
            return .answered
        case "/twice":
            exchange.respond(ResponseHead(.ok), body: "one")
            exchange.respond(ResponseHead(.ok), body: "two")
            return .answered
        case "/silent":
            return .answered
        case "/miscount":
            exchange.respond(ResponseHead(.ok), bodyByteCount: 5) { $0.writeStaticString("four") }
            return .answered
        default:
            exchange.respond(ResponseHead(.ok, .plainText), body: Array(path.utf8))
            return .answered
        }
    }

    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {
        self.log.append("body \(String(buffer: body))")
        self.bodies.append(body)
        if request.target.hasPath("/collect") {
            self.parked.append(exchange)
        } else {
            exchange.respond(ResponseHead(.ok, .plainText), bodyByteCount: body.readableBytes) { $0.writeImmutableBuffer(body) }
        }
    }

    func bodyTooLarge(_ request: Request, on exchange: Exchange) {
        self.log.append("too large")
        if request.target.hasPath("/echo") { exchange.respond(ResponseHead(.contentTooLarge, .json), body: "{}") }
    }

    func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        self.log.append("abandoned \(exchange.serial)")
    }
}
