@testable import HTTPEdge
import NIOHTTP1
import Testing

@Suite("Request facts")
struct RequestFactsTests {
    private func facts(_ fields: [(String, String)], isHTTP11: Bool = true) -> RequestFacts {
        RequestFacts(HTTPHeaders([("Host", "h")] + fields), isHTTP11: isHTTP11)
    }

    @Test("names are found in any case")
    func names() {
        let facts = self.facts([
            ("content-type", "a/b"), ("CONTENT-ENCODING", "gzip"), ("content-LENGTH", "12"), ("origin", "o"), ("sec-fetch-site", "none"),
            ("authorization", "Bearer x"), ("x-api-key", "k"), ("prefer", "a"), ("Prefer", "b"), ("expect", "100-Continue"),
            ("access-control-request-method", "POST"), ("access-control-request-headers", "x"), ("x-other-name", "y"),
        ])
        #expect(facts.host == "h" && facts.contentType == "a/b" && facts.contentEncoding == "gzip" && facts.contentLength == 12)
        #expect(facts.origin == "o" && facts.fetchSite == "none" && facts.authorization == "Bearer x" && facts.apiKey == "k")
        #expect(facts.prefer == "a, b" && facts.expectsContinue && !facts.isChunked)
        #expect(facts.accessControlRequestMethod == "POST" && facts.accessControlRequestHeaders == "x")
        #expect(facts.fault == nil && !facts.asksUpgrade && !facts.stopsDecoder)
    }

    @Test("a WebSocket upgrade needs both fields; anything like an upgrade stops the decoder")
    func upgrade() {
        let webSocket = self.facts([
            ("Connection", "keep-alive, UPGRADE"), ("Upgrade", "foo, WebSocket"), ("Sec-WebSocket-Key", "k"), ("Sec-WebSocket-Key", "l"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "a"), ("Sec-WebSocket-Protocol", "b"),
        ])
        #expect(webSocket.upgradesToWebSocket && webSocket.asksUpgrade && webSocket.stopsDecoder)
        #expect(webSocket.webSocketKey == "k" && webSocket.webSocketKeyCount == 2)
        #expect(webSocket.webSocketVersion == "13" && webSocket.webSocketProtocol == "a, b")
        let h2c = self.facts([("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")])
        #expect(h2c.asksUpgrade && !h2c.upgradesToWebSocket && h2c.stopsDecoder)
        let halves = [self.facts([("Connection", "upgrade")]), self.facts([("Upgrade", "websocket")])]
        #expect(halves.allSatisfy { !$0.upgradesToWebSocket && $0.stopsDecoder })
    }

    @Test("two origins are nobody's; of two keys the first counts")
    func repeated() {
        let facts = self.facts([("Origin", "a"), ("Origin", "a"), ("X-API-Key", "1"), ("X-API-Key", "2")])
        #expect(facts.origin == "null" && facts.apiKey == "1")
    }

    @Test(
        "faults",
        arguments: [
            ([("Content-Length", "4"), ("Content-Length", "4")], .contentLengthRepeated),
            ([("Content-Length", "+4")], .contentLengthMalformed),
            ([("Content-Length", "")], .contentLengthMalformed),
            ([("Content-Length", "9223372036854775808")], .contentLengthMalformed),
            ([("Content-Length", "4"), ("Transfer-Encoding", "chunked")], .contentLengthWithTransferEncoding),
            ([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], .transferEncodingMalformed),
            ([("Transfer-Encoding", "chunked, chunked")], .transferEncodingMalformed),
            ([("Transfer-Encoding", "chunked, identity")], .transferEncodingMalformed),
            ([("Transfer-Encoding", "gzip, chunked")], .transferCodingUnknown),
            ([("Transfer-Encoding", "xchunked")], .transferCodingUnknown),
            ([("Transfer-Encoding", "")], .transferCodingUnknown),
            ([("Host", "h")], .hostRepeated),
            ([("X", "a\nb")], .fieldMalformed),
            ([("X", "a\u{0}b")], .fieldMalformed),
        ] as [([(String, String)], RequestFault)])
    func faults(fields: [(String, String)], fault: RequestFault) {
        #expect(self.facts(fields).fault == fault)
    }

    @Test("HTTP/1.0 needs no Host and takes no chunks; a tab in a value is fine")
    func versions() {
        #expect(RequestFacts(HTTPHeaders([("X", "a\tb")]), isHTTP11: false).fault == nil)
        #expect(RequestFacts(HTTPHeaders([]), isHTTP11: true).fault == .hostMissing)
        #expect(self.facts([("Transfer-Encoding", "chunked")], isHTTP11: false).fault == .transferEncodingMalformed)
        #expect(self.facts([("Transfer-Encoding", "Chunked")]).isChunked)
    }

    @Test("the host of an absolute-form target has to be that of Host")
    func absoluteForm() throws {
        let same = HTTPRequestHead(version: .http1_1, method: .GET, uri: "http://Other:81/p", headers: ["Host": "other:81"])
        #expect(try Request(same).facts.host == "other:81")
        let different = HTTPRequestHead(version: .http1_1, method: .GET, uri: "http://other:81/p", headers: ["Host": "other"])
        #expect(throws: RequestFault.hostMismatch) { try Request(different) }
    }
}
