import NIOHTTP1
import WireBytes

/// What the server wants to know of a request's header, found in one pass over its fields.
package struct RequestFacts: Sendable {
    package private(set) var host: String?
    package private(set) var contentType: String?
    package private(set) var contentEncoding: String?
    package private(set) var contentLength: Int?
    package private(set) var isChunked = false
    package private(set) var origin: String?
    /// `Sec-Fetch-Site`.
    package private(set) var fetchSite: String?
    package private(set) var authorization: String?
    /// `X-API-Key`.
    package private(set) var apiKey: String?
    package private(set) var prefer: String?
    package private(set) var expectsContinue = false
    /// `Connection: upgrade`, to whatever protocol.
    package private(set) var asksUpgrade = false
    package private(set) var webSocketKey: String?
    package private(set) var webSocketKeyCount = 0
    package private(set) var webSocketVersion: String?
    /// All `Sec-WebSocket-Protocol` fields, joined with commas.
    package private(set) var webSocketProtocol: String?
    package private(set) var accessControlRequestMethod: String?
    package private(set) var accessControlRequestHeaders: String?
    /// Names, values and what stands between them on the wire.
    private(set) var byteCount = 0
    /// The first violation, if any.
    private(set) var fault: RequestFault?

    private var namesWebSocket = false
    private var originCount = 0

    package var upgradesToWebSocket: Bool { self.asksUpgrade && self.namesWebSocket }

    init(_ headers: HTTPHeaders, isHTTP11: Bool) {
        var hasTransferEncoding = false
        for (name, value) in headers {
            self.byteCount += name.utf8.count + value.utf8.count + 4
            // The length tells most names apart without a look at their letters.
            switch name.utf8.count {
            case 4 where Self.equals(name, "host"):
                if self.host != nil { self.note(.hostRepeated) }
                self.host = value
            case 6 where Self.equals(name, "origin"):
                self.originCount += 1
                // Two origins are nobody's: no list holds their join.
                self.origin = self.originCount == 1 ? value : "null"
            case 6 where Self.equals(name, "expect"):
                self.expectsContinue = ASCII.equalsIgnoringCase(value.utf8.span, "100-continue")
            case 6 where Self.equals(name, "prefer"):
                self.prefer = self.prefer.map { $0 + "," + value } ?? value
            case 7 where Self.equals(name, "upgrade"):
                self.namesWebSocket = self.namesWebSocket || ASCII.listContains("websocket", in: value.utf8.span)
            case 9 where Self.equals(name, "x-api-key"):
                self.apiKey = value
            case 10 where Self.equals(name, "connection"):
                self.asksUpgrade = self.asksUpgrade || ASCII.listContains("upgrade", in: value.utf8.span)
            case 12 where Self.equals(name, "content-type"):
                self.contentType = value
            case 13 where Self.equals(name, "authorization"):
                self.authorization = value
            case 14 where Self.equals(name, "content-length"):
                if self.contentLength != nil { self.note(.contentLengthRepeated) }
                self.contentLength = ASCII.parseDecimal(value.utf8.span)
                if self.contentLength == nil { self.note(.contentLengthMalformed) }
            case 14 where Self.equals(name, "sec-fetch-site"):
                self.fetchSite = value
            case 16 where Self.equals(name, "content-encoding"):
                self.contentEncoding = value
            case 17 where Self.equals(name, "transfer-encoding"):
                if hasTransferEncoding || !ASCII.equalsIgnoringCase(value.utf8.span, "chunked") { self.note(.transferCodingUnknown) }
                hasTransferEncoding = true
                self.isChunked = true
            case 17 where Self.equals(name, "sec-websocket-key"):
                self.webSocketKeyCount += 1
                self.webSocketKey = value
            case 21 where Self.equals(name, "sec-websocket-version"):
                self.webSocketVersion = value
            case 22 where Self.equals(name, "sec-websocket-protocol"):
                self.webSocketProtocol = self.webSocketProtocol.map { $0 + "," + value } ?? value
            case 29 where Self.equals(name, "access-control-request-method"):
                self.accessControlRequestMethod = value
            case 30 where Self.equals(name, "access-control-request-headers"):
                self.accessControlRequestHeaders = value
            default:
                break
            }
        }
        if hasTransferEncoding, self.contentLength != nil { self.note(.contentLengthWithTransferEncoding) }
        if isHTTP11, self.host == nil { self.note(.hostMissing) }
    }

    private mutating func note(_ fault: RequestFault) {
        if self.fault == nil { self.fault = fault }
    }

    private static func equals(_ name: String, _ expected: StaticString) -> Bool {
        ASCII.equalsIgnoringCase(name.utf8.span, expected)
    }
}
