package import NIOHTTP1
import WireBytes

/// What this server wants to know of a request's header fields, gathered in one pass. Of a field that should come once and comes again, the
/// first counts, unless it is a fault; lists are joined.
package struct RequestFacts: Sendable, Equatable {
    /// The host that the client asked for, with its port, if any. Any case. From a listed proxy its `X-Forwarded-Host`, else `Host`.
    package private(set) var host: String?
    /// What stood in `Host` where a listed proxy has said otherwise.
    package private(set) var hostFromProxy: String?
    /// `X-Forwarded-Host`; believed from listed proxies only.
    private(set) var forwardedHost: String?
    /// `X-Forwarded-For`, lines joined; believed from listed proxies only.
    private(set) var forwardedFor: String?
    package private(set) var contentType: String?
    package private(set) var contentEncoding: String?
    package private(set) var contentLength: Int?
    package private(set) var isChunked = false
    package private(set) var origin: String?
    /// `Sec-Fetch-Site`
    package private(set) var fetchSite: String?
    package private(set) var authorization: String?
    /// `X-API-Key`
    package private(set) var apiKey: String?
    package private(set) var prefer: String?
    /// `traceparent`, as it was sent.
    private(set) var traceParent: String?
    /// `X-Request-ID`, if it can stand in an answer and in a log line.
    private(set) var requestIdentifier: String?
    package private(set) var expectsContinue = false
    /// `Connection` names `upgrade`, to whatever protocol.
    package private(set) var asksUpgrade = false
    /// `Connection` names `upgrade` and `Upgrade` names `websocket`.
    package private(set) var upgradesToWebSocket = false
    /// `Sec-WebSocket-Key`
    package private(set) var webSocketKey: String?
    package private(set) var webSocketKeyCount = 0
    /// `Sec-WebSocket-Version`
    package private(set) var webSocketVersion: String?
    /// `Sec-WebSocket-Protocol`
    package private(set) var webSocketProtocol: String?
    package private(set) var accessControlRequestMethod: String?
    package private(set) var accessControlRequestHeaders: String?
    /// Names, values, and what stands between them on the wire.
    package private(set) var byteCount = 0
    /// The first violation that was found; such a request reaches no endpoint.
    package private(set) var fault: RequestFault?
    /// The decoder takes nothing behind this request, so the connection cannot be kept. Rather too often than not at all.
    private(set) var stopsDecoder = false

    private var namesWebSocket = false
    private var hostCount = 0
    private var transferEncodingCount = 0

    package init(_ headers: HTTPHeaders, isHTTP11: Bool) {
        for (name, value) in headers {
            self.byteCount += name.utf8.count + value.utf8.count + 4
            if value.utf8.contains(where: Self.isControl) { self.note(.fieldMalformed) }
            self.read(name.utf8.span, value)
        }
        if self.hostCount > 1 { self.note(.hostRepeated) }
        if self.hostCount == 0, isHTTP11 { self.note(.hostMissing) }
        if self.transferEncodingCount > 0, self.contentLength != nil { self.note(.contentLengthWithTransferEncoding) }
        // RFC 9112 section 6.1: the framing of an HTTP/1.0 message with Transfer-Encoding is faulty.
        if self.transferEncodingCount > 1 || (self.transferEncodingCount > 0 && !isHTTP11) { self.note(.transferEncodingMalformed) }
        self.stopsDecoder = self.stopsDecoder || self.asksUpgrade
        self.upgradesToWebSocket = self.asksUpgrade && self.namesWebSocket
    }

    /// The request came from a listed proxy: the host is the one that its client asked for.
    mutating func believeProxy() {
        guard let host = self.forwardedHost.flatMap(ProxyList.host) else { return }
        self.hostFromProxy = self.host
        self.host = host
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != 0x09) || byte == 0x7F
    }

    private mutating func note(_ fault: RequestFault) {
        if self.fault == nil { self.fault = fault }
    }

    /// Names are told apart by their length first.
    private mutating func read(_ name: Span<UInt8>, _ value: String) {
        func isNamed(_ other: StaticString) -> Bool { ASCII.equalsIgnoringCase(name, other) }
        switch name.count {
        case 4 where isNamed("Host"):
            self.hostCount += 1
            self.host = value
        case 6 where isNamed("Origin"):
            // Two origins are nobody's.
            self.origin = self.origin == nil ? value : "null"
        case 6 where isNamed("Prefer"): Self.join(value, to: &self.prefer)
        case 6 where isNamed("Expect"):
            if ASCII.equalsIgnoringCase(value.utf8.span, "100-continue") { self.expectsContinue = true }
        case 7 where isNamed("Upgrade"):
            self.stopsDecoder = true
            if ASCII.listContains("websocket", in: value.utf8.span) { self.namesWebSocket = true }
        case 9 where isNamed("X-API-Key"): Self.keepFirst(value, in: &self.apiKey)
        case 10 where isNamed("Connection"):
            if ASCII.listContains("upgrade", in: value.utf8.span) { self.asksUpgrade = true }
        case 11 where isNamed("traceparent"): Self.keepFirst(value, in: &self.traceParent)
        // Two types are a list, which is no type.
        case 12 where isNamed("Content-Type"): Self.join(value, to: &self.contentType)
        case 12 where isNamed("X-Request-ID"):
            if Self.isIdentifier(value) { Self.keepFirst(value, in: &self.requestIdentifier) }
        case 13 where isNamed("Authorization"): Self.keepFirst(value, in: &self.authorization)
        case 14 where isNamed("Content-Length"): self.readContentLength(value.utf8.span)
        case 14 where isNamed("Sec-Fetch-Site"): Self.keepFirst(value, in: &self.fetchSite)
        case 15 where isNamed("X-Forwarded-For"): Self.join(value, to: &self.forwardedFor)
        case 16 where isNamed("X-Forwarded-Host"): Self.join(value, to: &self.forwardedHost)
        case 16 where isNamed("Content-Encoding"): Self.join(value, to: &self.contentEncoding)
        case 17 where isNamed("Transfer-Encoding"): self.readTransferEncoding(value.utf8.span)
        case 17 where isNamed("Sec-WebSocket-Key"):
            self.webSocketKeyCount += 1
            Self.keepFirst(value, in: &self.webSocketKey)
        case 21 where isNamed("Sec-WebSocket-Version"): Self.keepFirst(value, in: &self.webSocketVersion)
        case 22 where isNamed("Sec-WebSocket-Protocol"): Self.join(value, to: &self.webSocketProtocol)
        case 29 where isNamed("Access-Control-Request-Method"): Self.keepFirst(value, in: &self.accessControlRequestMethod)
        case 30 where isNamed("Access-Control-Request-Headers"): Self.join(value, to: &self.accessControlRequestHeaders)
        default: break
        }
    }

    /// 1 to 128 visible characters of ASCII.
    private static func isIdentifier(_ value: String) -> Bool {
        (1...128).contains(value.utf8.count) && value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private mutating func readContentLength(_ value: Span<UInt8>) {
        guard self.contentLength == nil else { return self.note(.contentLengthRepeated) }
        self.contentLength = ASCII.parseDecimal(value)
        if self.contentLength == nil { self.note(.contentLengthMalformed) }
    }

    private mutating func readTransferEncoding(_ value: Span<UInt8>) {
        self.transferEncodingCount += 1
        if ASCII.equalsIgnoringCase(value, "chunked") {
            self.isChunked = true
        } else {
            // RFC 9112 section 6.1: chunked comes last and once.
            let misplaced = ASCII.listContains("chunked", in: value.extracting(0..<Self.lastElement(of: value)))
            self.note(misplaced ? .transferEncodingMalformed : .transferCodingUnknown)
        }
    }

    /// The offset behind the last comma; 0 without one.
    private static func lastElement(of value: Span<UInt8>) -> Int {
        var index = value.count
        while index > 0, value[index - 1] != UInt8(ascii: ",") {
            index -= 1
        }
        return index
    }

    private static func keepFirst(_ value: String, in field: inout String?) {
        if field == nil { field = value }
    }

    private static func join(_ value: String, to field: inout String?) {
        field = field.map { "\($0), \(value)" } ?? value
    }
}
