package import NIOHTTP1

/// One request's head, as the endpoints see it.
package struct Request: Sendable {
    package let method: RequestMethod
    package let target: RequestTarget
    package let facts: RequestFacts
    package let isKeepAlive: Bool
    let isHTTP11: Bool

    package init(_ head: HTTPRequestHead) {
        self.method = RequestMethod(head.method)
        self.target = RequestTarget(head.uri)
        self.isHTTP11 = head.version != .http1_0
        self.facts = RequestFacts(head.headers, isHTTP11: self.isHTTP11)
        self.isKeepAlive = head.isKeepAlive
    }

    /// Whether anything follows the head.
    var hasBody: Bool {
        self.facts.isChunked || (self.facts.contentLength ?? 0) > 0
    }
}
