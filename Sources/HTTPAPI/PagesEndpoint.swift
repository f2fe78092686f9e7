package import HTTPEdge
package import NIOCore

/// `/docs` with its script and style, `/openapi.json`, and the redirects `/` and `/redoc` (contract 1, Pages). Open also when keys exist.
/// One a loop; the pages are compiled in, and each answer shares this loop's copy of one.
package final class PagesEndpoint: Endpoint {
    private let docs = ByteBuffer(bytes: PackageResources.docs_html)
    private let script = ByteBuffer(bytes: PackageResources.app_js)
    private let style = ByteBuffer(bytes: PackageResources.style_css)
    private let description = ByteBuffer(bytes: PackageResources.openapi_json)

    package init() {}

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        Self.redirects(target) || self.page(target) != nil
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if request.method != .get, request.method != .head {
            exchange.refuseMethod(allowed: "GET, HEAD")
        } else if Self.redirects(request.target) {
            exchange.respond(ResponseHead(.temporaryRedirect, extraHeaders: "Location: /docs\r\n"))
        } else if let (type, page) = self.page(request.target) {
            exchange.respond(ResponseHead(.ok, type, extraHeaders: Self.headers), bodyByteCount: page.readableBytes) { output in
                output.writeImmutableBuffer(page)
            }
        } else {
            exchange.refuseNotFound()
        }
        return .answered
    }

    private static func redirects(_ target: RequestTarget) -> Bool {
        target.hasPath("/") || target.hasPath("/redoc")
    }

    private func page(_ target: RequestTarget) -> (ContentType, ByteBuffer)? {
        if target.hasPath("/docs") { return (.html, self.docs) }
        if target.hasPath("/docs/app.js") { return (.javaScript, self.script) }
        if target.hasPath("/docs/style.css") { return (.css, self.style) }
        if target.hasPath("/openapi.json") { return (.json, self.description) }
        return nil
    }

    /// Nothing but this server's own files runs or is loaded. `'self'` covers the WebSocket to the same host and port (CSP 3).
    private static let headers =
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
        + "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-cache\r\n"

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
