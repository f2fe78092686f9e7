package import AccessControl
package import Broadcast
package import HTTPEdge
package import NIOCore
import WireBytes

/// `GET /channels` and `GET /channels/{channel}` (contract 9): what somebody is subscribed to. Needs the right to `read` once keys exist; a
/// key that is for some channels sees those. One a loop.
package final class ChannelsEndpoint: Endpoint {
    /// Has the answer made; `done` is called later, on this loop, with its JSON.
    package typealias List = (_ query: ChannelQuery, _ done: @escaping (_ json: [UInt8]) -> Void) -> Void

    /// Has the subscriptions of a channel on all nodes counted; `done` is called later, on this loop.
    package typealias Count = (_ channel: ChannelName, _ done: @escaping (_ subscribers: Int, _ nodes: NodeReport) -> Void) -> Void

    private let hub: Hub
    private let http: HTTPLoop
    private let access: EndpointAccess
    private let list: List
    /// Nil for a server that is alone.
    private let count: Count?

    package init(hub: Hub, access: LoopAccess, http: HTTPLoop, list: @escaping List, count: Count? = nil) {
        self.hub = hub
        self.count = count
        self.http = http
        self.access = EndpointAccess(
            access: access, http: http, permission: .read, methods: "GET, HEAD", everyAnswer: "Cache-Control: no-store\r\n")
        self.list = list
    }

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        target.hasPath("/channels") || target.segment(behind: "/channels/") != nil
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        guard request.method == .get || request.method == .head else {
            self.access.refuseMethod(request, on: exchange)
            return .answered
        }
        guard case .granted(let key) = self.access.admit(request, on: exchange) else { return .answered }
        if let segment = request.target.segment(behind: "/channels/") {
            return self.answer(segment, key: key, request, on: exchange)
        }
        do {
            let query = try ChannelQuery(request.target, key: key)
            self.list(query) { exchange.respond(ResponseHead(.ok, .json, extraHeaders: self.access.lines(request)), body: $0) }
            return .parked(by: self)
        } catch {
            self.refuse(error, request, on: exchange)
            return .answered
        }
    }

    /// A channel that nobody is subscribed to is none that does not exist: it has 0 subscribers.
    private func answer(_ segment: Range<Int>, key: AccessKey?, _ request: Request, on exchange: Exchange) -> Disposition {
        guard let name = request.target.decoded(segment) else {
            self.refuse(Problem.invalidName("channel", "The channel has a bad percent escape or is not UTF-8"), request, on: exchange)
            return .answered
        }
        if let fault = NameRule.checkChannel(name.span) {
            self.refuse(Problem.invalidName("channel", fault.message), request, on: exchange)
            return .answered
        }
        if let key, !key.covers(name.span) {
            self.access.refuse(.channelNotPermitted, keyName: key.name, request, on: exchange)
            return .answered
        }
        let channel = ChannelName(name)
        guard let count = self.count else {
            self.answer(ChannelCount(channel: channel, subscribers: self.hub.subscribers(of: channel)), nodes: nil, request, on: exchange)
            return .answered
        }
        count(channel) { self.answer(ChannelCount(channel: channel, subscribers: $0), nodes: $1, request, on: exchange) }
        return .parked(by: self)
    }

    private func answer(_ count: ChannelCount, nodes: NodeReport?, _ request: Request, on exchange: Exchange) {
        var json = JSONWriter()
        json.object { json in
            json.members(of: count)
            if let nodes { json.member(nodes) }
        }
        exchange.respond(ResponseHead(.ok, .json, extraHeaders: self.access.lines(request)), body: json.bytes)
    }

    private func refuse(_ problem: Problem.Body, _ request: Request, on exchange: Exchange) {
        self.http.tally.refuse("bad_name")
        exchange.respond(ResponseHead(.unprocessableContent, .json, extraHeaders: self.access.lines(request)), body: problem.json)
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}

extension RequestTarget {
    /// The one segment of the path behind `prefix`, still encoded; nil for another path, for an empty segment and for several.
    func segment(behind prefix: StaticString) -> Range<Int>? {
        let bytes = self.text.utf8.span
        let start = self.path.lowerBound + prefix.utf8CodeUnitCount
        guard self.path.upperBound > start, ASCII.equals(bytes.extracting(self.path.lowerBound..<start), prefix) else { return nil }
        for index in start..<self.path.upperBound where bytes[index] == UInt8(ascii: "/") { return nil }
        return start..<self.path.upperBound
    }
}
