package import HTTPEdge
package import NIOCore

/// `/docs` with its script and style, `/openapi.json`, and the redirects `/` and `/redoc` (contract 1, Pages). One a loop.
package final class PagesEndpoint: Endpoint {
    private let pages = StaticPages([
        .init("/docs", .html, PackageResources.docs_html),
        .init("/docs/app.js", .javaScript, PackageResources.app_js),
        .init("/docs/style.css", .css, PackageResources.style_css),
        .init("/openapi.json", .json, PackageResources.openapi_json),
    ])

    package init() {}

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        Self.redirects(target) || self.pages.owns(target)
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if Self.redirects(request.target), request.method == .get || request.method == .head {
            exchange.respond(ResponseHead(.temporaryRedirect, extraHeaders: "Location: /docs\r\n"))
        } else {
            self.pages.answer(request, on: exchange)
        }
        return .answered
    }

    private static func redirects(_ target: RequestTarget) -> Bool {
        target.hasPath("/") || target.hasPath("/redoc")
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
