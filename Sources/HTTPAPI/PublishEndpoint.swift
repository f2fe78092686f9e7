package import AccessControl
package import Broadcast
package import HTTPEdge
package import NIOCore
package import Telemetry
import WireBytes

/// `POST /broadcast/{channel}/{event}` (contract 1): checks, publishes, answers. One a loop.
package final class PublishEndpoint: Endpoint {
    private let hub: Hub
    /// Connections whose publish is on its way to the bus.
    var onTheBus: Set<ObjectIdentifier> = []
    let access: EndpointAccess
    private let maximumBody: Int
    /// Nesting of the JSON value.
    package var maximumDepth: Int
    let http: HTTPLoop
    /// Publishes that were accepted, and how long each took from its head to its answer.
    package private(set) var published = 0
    package private(set) var durations = DurationHistogram()
    /// The path of the latest message, as it was sent, and the names in it.
    private var latest: (path: [UInt8], channel: ChannelName, event: [UInt8])?

    /// - Parameters:
    ///   - maximumBody: in bytes.
    ///   - maximumDepth: nesting of the JSON value.
    package init(hub: Hub, access: LoopAccess, maximumBody: Int, maximumDepth: Int = 64, http: HTTPLoop) {
        self.hub = hub
        self.access = EndpointAccess(
            access: access, http: http, permission: .publish, methods: "POST", requestHeaders: "Content-Type, Prefer, ",
            exposedHeaders: "Preference-Applied, Retry-After")
        self.maximumBody = maximumBody
        self.maximumDepth = maximumDepth
        self.http = http
    }

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        BroadcastPath(target.path, of: target.text.utf8.span) != nil
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let facts = request.facts
        guard request.method == .post else {
            self.access.refuseMethod(request, on: exchange)
            return .answered
        }
        guard self.isPermitted(request, on: exchange) else { return .answered }
        guard !self.http.isDraining else {
            self.http.tally.refuse("draining")
            exchange.refuse(
                .serviceUnavailable, "The server is stopping; nothing was sent",
                extraHeaders: "Retry-After: 1\r\n" + self.access.lines(request))
            return .answered
        }
        if let refusal = Self.refusalOfType(facts) {
            self.http.tally.refuse("content_type")
            exchange.refuse(.unsupportedMediaType, refusal, extraHeaders: self.access.lines(request))
            return .answered
        }
        self.http.begunPublishes += 1
        return .collectBody(by: self, limit: self.maximumBody)
    }

    /// Browsers send an `Origin` with every cross-site POST, so a missing type can be taken for JSON when there is none.
    private static func refusalOfType(_ facts: RequestFacts) -> String? {
        if facts.contentEncoding != nil {
            return "Send the body as it is, without a Content-Encoding header"
        }
        if let type = facts.contentType {
            return MediaType.isJSON(type) ? nil : "Send the header Content-Type: application/json"
        }
        let isSameSite = facts.fetchSite == nil || facts.fetchSite == "same-origin" || facts.fetchSite == "none"
        return facts.origin == nil && isSameSite ? nil : "Send the header Content-Type: application/json"
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {
        self.http.begunPublishes -= 1
        guard let (channel, event) = self.names(of: request, on: exchange) else { return }
        let bytes = body.readableBytesUInt8Span
        let value: Range<Int>
        do {
            value = try JSONScanner.scan(bytes, maximumDepth: self.maximumDepth)
        } catch {
            if case .tooDeep = error.reason { self.http.tally.refuse("json_depth") } else { self.http.tally.refuse("bad_json") }
            let head = ResponseHead(.unprocessableContent, .json, extraHeaders: self.access.lines(request))
            return exchange.respond(head, body: Problem.invalidJSON(error))
        }
        let message = Message(channel: channel, event: event, body: body, value: value)
        if let bus = self.hub.bus { return self.publish(message, over: bus, request, on: exchange) }
        switch self.hub.publish(channel: channel, event: event.span, payload: bytes.extracting(value)) {
        case .accepted(let subscribers): self.accepted(message, subscribers: subscribers, request, on: exchange)
        case .overloaded: self.refuseOverload(request, on: exchange)
        }
    }

    /// What was posted.
    struct Message {
        let channel: ChannelName
        let event: [UInt8]
        let body: ByteBuffer
        /// The JSON value in `body`, from its first readable byte.
        let value: Range<Int>
    }

    func accepted(_ message: Message, subscribers: Int, _ request: Request, on exchange: Exchange) {
        let began = exchange.began
        self.answer(
            request, event: message.event, channel: message.channel.bytes, body: message.body, value: message.value,
            subscribers: subscribers, on: exchange)
        self.published &+= 1
        if let began { self.durations.record(nanoseconds: (exchange.eventLoop.now - began).nanoseconds) }
    }

    func refuseOverload(_ request: Request, on exchange: Exchange) {
        self.http.tally.refuse("pending")
        exchange.refuse(
            .serviceUnavailable, "Too many messages are waiting to be sent; nothing was sent",
            extraHeaders: "Retry-After: 1\r\n" + self.access.lines(request))
    }

    /// The names in a path; nil after a refusal. A publisher's next message mostly goes where the last one went.
    func names(of request: Request, on exchange: Exchange) -> (ChannelName, [UInt8])? {
        let target = request.target
        let text = target.text.utf8.span
        if let latest = self.latest, ASCII.equals(text.extracting(target.path), latest.path.span) { return (latest.channel, latest.event) }
        guard let path = BroadcastPath(target.path, of: text) else {
            exchange.refuse(.notFound, "Not Found", extraHeaders: self.access.lines(request))
            return nil
        }
        guard let channel = target.decoded(path.channel) else {
            return self.refuseName("channel", "The channel has a bad percent escape or is not UTF-8", of: request, on: exchange)
        }
        if let fault = NameRule.checkChannel(channel.span) {
            return self.refuseName("channel", fault.message, of: request, on: exchange)
        }
        guard let event = target.decoded(path.event) else {
            return self.refuseName("event", "The event has a bad percent escape or is not UTF-8", of: request, on: exchange)
        }
        if let fault = NameRule.checkEvent(event.span) {
            return self.refuseName("event", fault.message, of: request, on: exchange)
        }
        let name = ChannelName(channel)
        self.latest = (target.path.map { text[$0] }, name, event)
        return (name, event)
    }

    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {
        self.http.begunPublishes -= 1
        exchange.refuse(
            .contentTooLarge, "The body is larger than \(self.maximumBody) bytes", extraHeaders: self.access.lines(request))
    }

    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        // What is on its way to the bus ends when the bus has answered.
        if !self.awaitsBus(on: exchange) { self.http.begunPublishes -= 1 }
    }

    private func refuseName(
        _ part: StaticString, _ message: String, of request: Request, on exchange: Exchange
    ) -> (ChannelName, [UInt8])? {
        self.http.tally.refuse("bad_name")
        let head = ResponseHead(.unprocessableContent, .json, extraHeaders: self.access.lines(request))
        exchange.respond(head, body: Problem.invalidName(part, message).json)
        return nil
    }

    // MARK: - The answer

    private func answer(
        _ request: Request, event: [UInt8], channel: [UInt8], body: ByteBuffer, value: Range<Int>, subscribers: Int, on exchange: Exchange
    ) {
        if let prefer = request.facts.prefer, Self.prefersMinimal(prefer) {
            let lines = self.access.lines(request) + "Preference-Applied: return=minimal\r\n"
            let head = ResponseHead(.ok, .json, extraHeaders: lines)
            return exchange.respond(head, bodyByteCount: 15 + 1 + ASCII.decimalDigits(subscribers)) { output in
                output.writeStaticString(#"{"subscribers":"#)
                Self.writeDecimal(subscribers, to: &output)
                output.writeInteger(UInt8(ascii: "}"))
            }
        }
        let byteCount =
            9 + JSONText.quotedByteCount(event.span) + 11 + JSONText.quotedByteCount(channel.span) + 8 + value.count + 15
            + ASCII.decimalDigits(subscribers) + 1
        let head = ResponseHead(.ok, .json, extraHeaders: self.access.lines(request))
        exchange.respond(head, bodyByteCount: byteCount) { output in
            output.writeStaticString(#"{"Event":"#)
            Self.writeQuoted(event, to: &output)
            output.writeStaticString(#","channel":"#)
            Self.writeQuoted(channel, to: &output)
            output.writeStaticString(#","data":"#)
            output.writeImmutableBuffer(body.getSlice(at: body.readerIndex + value.lowerBound, length: value.count) ?? ByteBuffer())
            output.writeStaticString(#","subscribers":"#)
            Self.writeDecimal(subscribers, to: &output)
            output.writeInteger(UInt8(ascii: "}"))
        }
    }

    private static func writeQuoted(_ name: [UInt8], to output: inout ByteBuffer) {
        output.writeWithOutputRawSpan(minimumWritableBytes: JSONText.quotedByteCount(name.span)) { span in
            JSONText.writeQuoted(name.span, into: &span)
        }
    }

    private static func writeDecimal(_ number: Int, to output: inout ByteBuffer) {
        output.writeWithOutputRawSpan(minimumWritableBytes: 20) { span in
            ASCII.writeDecimal(number, into: &span)
        }
    }

    /// RFC 7240 section 2: a comma list of preferences, each with optional parameters; of one given twice the first counts.
    private static func prefersMinimal(_ header: String) -> Bool {
        for item in header.utf8.split(separator: UInt8(ascii: ",")) {
            let preference = item.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: "\"") }
            let text = String(decoding: preference, as: UTF8.self).lowercased()
            if text.hasPrefix("return=") { return text == "return=minimal" }
        }
        return false
    }
}
