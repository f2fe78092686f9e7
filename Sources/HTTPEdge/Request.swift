package import NIOHTTP1
import WireBytes

/// The head of one request.
package struct Request: Sendable {
    package let method: RequestMethod
    /// As it was sent.
    let methodName: String
    package let target: RequestTarget
    package private(set) var facts: RequestFacts
    /// Whether the client wants the connection to go on behind the answer.
    package let isKeepAlive: Bool
    /// False for HTTP/1.0.
    package let isHTTP11: Bool

    /// - Throws: the first violation found.
    package init(_ head: HTTPRequestHead) throws(RequestFault) {
        let isHTTP11 = head.version.minor >= 1
        let facts = RequestFacts(head.headers, isHTTP11: isHTTP11)
        if let fault = facts.fault { throw fault }
        guard let target = RequestTarget(head.uri, method: head.method) else { throw .targetMalformed }
        // They have to be the same (RFC 9112 3.2.2); who sends two names may mean either.
        if let authority = target.authority, let host = facts.host {
            let name = head.uri.utf8.span.extracting(authority)
            guard ASCII.equalsIgnoringCase(name, host.utf8.span) else { throw .hostMismatch }
        }
        self.method = RequestMethod(head.method)
        self.methodName = head.method.rawValue
        self.target = target
        self.facts = facts
        self.isKeepAlive = head.isKeepAlive
        self.isHTTP11 = isHTTP11
    }

    mutating func believeProxy() {
        self.facts.believeProxy()
    }
}
