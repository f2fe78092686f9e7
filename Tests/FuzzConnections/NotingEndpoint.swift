import FuzzTargets
import HTTPEdge
import NIOCore

/// Answers by path, notes what it was told, and counts whether it is told what it was promised.
final class NotingEndpoint: Endpoint {
    /// Requests and bodies, in order.
    private(set) var heard: [String] = []
    private(set) var hasHead = false
    private(set) var hasUpgraded = false
    /// The first promise that was broken.
    private(set) var fault: Fault?
    private(set) var parked: [Exchange] = []
    /// Requests whose body is still to come, by serial.
    private var collecting: Set<UInt64> = []
    private let answersLater: Bool
    private let bodyLimit: Int

    init(answersLater: Bool, bodyLimit: Int) {
        self.answersLater = answersLater
        self.bodyLimit = bodyLimit
    }

    /// Nothing is owed any more: the connection has ended.
    func checkEnd() throws(Fault) {
        if let fault = self.fault { throw fault }
        try Fault.unless(self.collecting.isEmpty, "a body was neither delivered nor given up")
    }

    /// - Returns: whether there was anything to answer.
    func answerParked() -> Bool {
        let parked = self.parked
        self.parked = []
        for exchange in parked { exchange.respond(ResponseHead(.ok, .plainText), body: "later") }
        return !parked.isEmpty
    }

    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let target = request.target
        let bytes = Array(target.text.utf8)
        self.heard.append("\(request.method) \(target.text)")
        if request.method == .head { self.hasHead = true }
        self.note(target, bytes)
        let name = String(decoding: bytes[target.path].prefix(3), as: UTF8.self)
        switch name {
        case "/no":
            exchange.respond(ResponseHead(.notFound, .json), body: "{}")
            return .answered
        case "/em":
            exchange.respond(ResponseHead(.noContent))
            return .answered
        case "/cl":
            exchange.respond(ResponseHead(.ok, .html, closes: true), body: "bye")
            return .answered
        case "/si":
            return .answered
        case "/pa":
            self.parked.append(exchange)
            return .parked(by: self)
        case "/up" where request.facts.asksUpgrade:
            self.hasUpgraded = true
            exchange.upgrade(
                responding: ByteBuffer(string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n"),
                to: SwallowingHandler())
            return .answered
        default:
            self.collecting.insert(exchange.serial)
            return .collectBody(by: self, limit: self.bodyLimit)
        }
    }

    private func note(_ target: RequestTarget, _ bytes: [UInt8]) {
        let query = target.query ?? bytes.count..<bytes.count
        let isInOrder = target.path.upperBound <= query.lowerBound && query.upperBound == bytes.count
        if !isInOrder || target.path.lowerBound < 0 { self.fault = Fault("path \(target.path) and query \(query) of \(bytes.count)") }
        if let item = target.queryItem("a"), item.lowerBound < query.lowerBound || item.upperBound > query.upperBound {
            self.fault = Fault("an item at \(item) of the query \(query)")
        }
        if let path = target.decoded(target.path), path.count > target.path.count { self.fault = Fault("decoding made a path longer") }
    }

    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {
        self.settle(exchange, "delivered")
        self.heard.append("body \(Array(body.readableBytesView))")
        if body.readableBytes > self.bodyLimit { self.fault = Fault("a body of \(body.readableBytes) bytes") }
        if let length = request.facts.contentLength, body.readableBytes != length { self.fault = Fault("a body of another length") }
        if self.answersLater {
            self.parked.append(exchange)
        } else {
            exchange.respond(ResponseHead(.ok, .octetStream), bodyByteCount: 1 + body.readableBytes) { output in
                output.writeInteger(UInt8(ascii: "="))
                output.writeImmutableBuffer(body)
            }
        }
    }

    /// Every second time the connection has to answer by itself.
    func bodyTooLarge(_ request: Request, on exchange: Exchange) {
        self.settle(exchange, "refused")
        if exchange.serial % 2 == 0 { exchange.respond(ResponseHead(.contentTooLarge, .json), body: "{}") }
    }

    func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        self.collecting.remove(exchange.serial)
        if exchange.isAlive { self.fault = Fault("an exchange is given up and alive") }
    }

    private func settle(_ exchange: Exchange, _ what: String) {
        if self.collecting.remove(exchange.serial) == nil { self.fault = Fault("a body is \(what) that nobody waits for") }
    }
}
