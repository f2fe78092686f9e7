package import HTTPEdge
import NIOCore

/// Pages and their files that are compiled in. Open also when keys exist: what they show, they ask for with a key. One a loop; each answer
/// shares this loop's copy.
package struct StaticPages {
    /// One file.
    package struct Page {
        let path: StaticString
        let type: ContentType
        let content: ByteBuffer

        package init(_ path: StaticString, _ type: ContentType, _ content: [UInt8]) {
            self.path = path
            self.type = type
            self.content = ByteBuffer(bytes: content)
        }
    }

    private let pages: [Page]

    package init(_ pages: [Page]) {
        self.pages = pages
    }

    /// Whether the path is one of theirs.
    package func owns(_ target: RequestTarget) -> Bool {
        self.page(target) != nil
    }

    /// Answers a request for one of them.
    package func answer(_ request: Request, on exchange: Exchange) {
        guard request.method == .get || request.method == .head else { return exchange.refuseMethod(allowed: "GET, HEAD") }
        guard let page = self.page(request.target) else { return exchange.refuseNotFound() }
        let content = page.content
        exchange.respond(ResponseHead(.ok, page.type, extraHeaders: Self.headers), bodyByteCount: content.readableBytes) { output in
            output.writeImmutableBuffer(content)
        }
    }

    private func page(_ target: RequestTarget) -> Page? {
        self.pages.first { target.hasPath($0.path) }
    }

    /// Nothing but this server's own files runs or is loaded. `'self'` covers the WebSocket to the same host and port (CSP 3).
    private static let headers =
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
        + "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-cache\r\n"
}

@available(*, unavailable) extension StaticPages: Sendable {}
