package import NIOHTTP1

/// The head of one request.
package struct Request: Sendable {
    package let method: RequestMethod
    package let target: RequestTarget
    package let facts: RequestFacts
    /// Whether the client wants the connection to go on behind the answer.
    package let isKeepAlive: Bool
    /// False for HTTP/1.0.
    package let isHTTP11: Bool

    /// - Throws: the first violation found.
    package init(_ head: HTTPRequestHead) throws(RequestFault) {
        let isHTTP11 = head.version.minor >= 1
        var facts = RequestFacts(head.headers, isHTTP11: isHTTP11)
        if let fault = facts.fault { throw fault }
        guard let target = RequestTarget(head.uri, method: head.method) else { throw .targetMalformed }
        if let authority = target.authority {
            facts.host = String(head.uri.utf8[authority]) ?? facts.host
        }
        // The decoder stops behind a request that asks for another protocol, and behind CONNECT.
        facts.stopsDecoder = facts.stopsDecoder || head.method == .CONNECT
        self.method = RequestMethod(head.method)
        self.target = target
        self.facts = facts
        self.isKeepAlive = head.isKeepAlive
        self.isHTTP11 = isHTTP11
    }
}

extension String.UTF8View {
    /// The bytes at these offsets.
    fileprivate subscript(offsets: Range<Int>) -> Substring.UTF8View {
        self[self.index(self.startIndex, offsetBy: offsets.lowerBound)..<self.index(self.startIndex, offsetBy: offsets.upperBound)]
    }
}
