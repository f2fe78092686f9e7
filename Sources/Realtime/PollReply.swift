import EngineIO
import HTTPEdge
import NIOCore

/// What a long-polling request is answered with (protocol.md 1.3, 1.6–1.8).
enum PollAnswer: Sendable {
    /// To a GET: packets, already joined.
    case packets(ByteBuffer)
    /// To a POST.
    case ok
    /// 400 with an empty body: overlapping requests, an undecodable body.
    case badRequest
    /// 413 with an empty body; the session lives on.
    case tooLarge
    /// 500 with an empty body: a method that is neither GET nor POST.
    case unknownMethod
    case error(EngineError)

    static func text(_ packets: StaticString) -> PollAnswer {
        .packets(ByteBuffer(staticString: packets))
    }
}

/// The place where a long-polling request waits for its answer. It may be on another loop than its session.
struct PollReply: Sendable {
    /// Which request it is, on which connection.
    struct Identifier: Hashable, Sendable {
        let connection: ObjectIdentifier
        let serial: UInt64
    }

    let identifier: Identifier
    private let exchange: NIOLoopBound<Exchange>
    /// Cross-origin lines, found out when the request came.
    private let headers: String

    /// Called on the exchange's loop.
    init(_ exchange: Exchange, headers: String) {
        self.identifier = Identifier(exchange)
        self.exchange = NIOLoopBound(exchange, eventLoop: exchange.eventLoop)
        self.headers = headers
    }

    /// Called on any loop.
    func answer(_ answer: PollAnswer) {
        if self.exchange.eventLoop.inEventLoop {
            self.respond(answer)
        } else {
            self.exchange.eventLoop.execute { self.respond(answer) }
        }
    }

    private func respond(_ answer: PollAnswer) {
        let exchange = self.exchange.value
        switch answer {
        case .packets(let packets):
            var head = ResponseHead(.ok, .plainText, extraHeaders: self.headers + "Cache-Control: no-store\r\n")
            head.isOwed = true
            exchange.respond(head, bodyByteCount: packets.readableBytes) { $0.writeImmutableBuffer(packets) }
        case .ok:
            var head = ResponseHead(.ok, .html, extraHeaders: self.headers + "Cache-Control: no-store\r\n")
            head.isOwed = true
            exchange.respond(head, body: "ok")
        case .badRequest:
            exchange.respond(ResponseHead(.badRequest, extraHeaders: self.headers), body: "")
        case .tooLarge:
            exchange.respond(ResponseHead(.contentTooLarge, extraHeaders: self.headers), body: "")
        case .unknownMethod:
            exchange.respond(ResponseHead(.internalServerError, extraHeaders: self.headers), body: "")
        case .error(let error):
            exchange.respond(
                ResponseHead(error == .forbidden ? .forbidden : .badRequest, .json, extraHeaders: self.headers), body: error.body)
        }
    }
}

extension PollReply.Identifier {
    init(_ exchange: Exchange) {
        self.init(connection: exchange.connectionIdentifier, serial: exchange.serial)
    }
}
