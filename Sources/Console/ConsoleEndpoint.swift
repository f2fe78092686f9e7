package import AccessControl
package import Broadcast
import HTTPAPI
package import HTTPEdge
package import NIOCore
import WireBytes

/// `/console` (contract 9): the page with its files, which are open, and what it asks for. Its data and the tap need the right to `read`, the
/// configuration `admin`, once keys exist. One a loop.
package final class ConsoleEndpoint: Endpoint {
    /// Where the answers come from. Each calls `done` later, on this loop.
    package struct Sources {
        package typealias Done<Answer> = (Answer) -> Void

        let data: (_ key: AccessKey?, _ done: @escaping Done<[UInt8]>) -> Void
        let tap: (_ channel: ChannelName, _ after: Int, _ done: @escaping Done<ChannelTaps.Answer>) -> Void
        let configuration: (_ done: @escaping Done<[UInt8]>) -> Void

        /// - Parameters:
        ///   - data: the JSON of the whole server's figures; of channels that the key is not for nothing is said.
        ///   - tap: what has passed on a channel since message `after`.
        ///   - configuration: the JSON of all settings, secrets masked.
        package init(
            data: @escaping (_ key: AccessKey?, _ done: @escaping Done<[UInt8]>) -> Void,
            tap: @escaping (_ channel: ChannelName, _ after: Int, _ done: @escaping Done<ChannelTaps.Answer>) -> Void,
            configuration: @escaping (_ done: @escaping Done<[UInt8]>) -> Void
        ) {
            self.data = data
            self.tap = tap
            self.configuration = configuration
        }
    }

    private let http: HTTPLoop
    private let reading: EndpointAccess
    private let administration: EndpointAccess
    private let sources: Sources
    private let pages = StaticPages(ConsoleAssets.pages)

    package init(access: LoopAccess, http: HTTPLoop, sources: Sources) {
        func judge(_ permission: Permission) -> EndpointAccess {
            EndpointAccess(
                access: access, http: http, permission: permission, methods: "GET, HEAD", everyAnswer: "Cache-Control: no-store\r\n")
        }
        self.http = http
        self.reading = judge(.read)
        self.administration = judge(.admin)
        self.sources = sources
    }

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        self.pages.owns(target) || self.question(in: target) != nil
    }

    private enum Question {
        case data, tap, configuration
    }

    private func question(in target: RequestTarget) -> Question? {
        if target.hasPath("/console/data") { return .data }
        if target.hasPath("/console/tap") { return .tap }
        if target.hasPath("/console/configuration") { return .configuration }
        return nil
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        guard let question = self.question(in: request.target) else {
            self.pages.answer(request, on: exchange)
            return .answered
        }
        let access = question == .configuration ? self.administration : self.reading
        guard request.method == .get || request.method == .head else {
            access.refuseMethod(request, on: exchange)
            return .answered
        }
        guard case .granted(let key) = access.admit(request, on: exchange) else { return .answered }
        let answer = { (json: [UInt8]) in
            exchange.respond(ResponseHead(.ok, .json, extraHeaders: access.lines(request)), body: json)
        }
        switch question {
        case .data: self.sources.data(key, answer)
        case .configuration: self.sources.configuration(answer)
        case .tap:
            do {
                try self.tap(request, key: key, on: exchange, answer)
            } catch {
                self.http.tally.refuse("bad_name")
                exchange.respond(ResponseHead(.unprocessableContent, .json, extraHeaders: access.lines(request)), body: error.json)
                return .answered
            }
        }
        return .parked(by: self)
    }

    private func tap(
        _ request: Request, key: AccessKey?, on exchange: Exchange, _ answer: @escaping ([UInt8]) -> Void
    ) throws(Problem.Body) {
        let target = request.target
        guard let item = target.queryItem("channel"), let name = target.decoded(item) else {
            throw Problem.invalidQuery("channel", type: "missing", "Name the channel")
        }
        if let fault = NameRule.checkChannel(name.span) { throw Problem.invalidQuery("channel", type: "name_invalid", fault.message) }
        var after = 0
        if let item = target.queryItem("after") {
            guard let number = ASCII.parseDecimal(target.text.utf8.span.extracting(item)) else {
                throw Problem.invalidQuery("after", type: "int_parsing", "It is the number of a message")
            }
            after = number
        }
        if let key, !key.covers(name.span) {
            return self.reading.refuse(.channelNotPermitted, keyName: key.name, request, on: exchange)
        }
        self.sources.tap(ChannelName(name), after) { found in
            switch found {
            case .messages(let json): answer(json)
            case .tooMany:
                self.http.tally.refuse("taps")
                exchange.refuse(
                    .tooManyRequests, "So many channels are being looked at that no further one can be",
                    extraHeaders: "Retry-After: 10\r\n" + self.reading.lines(request))
            }
        }
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
