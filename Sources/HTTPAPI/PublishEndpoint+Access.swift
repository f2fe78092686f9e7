import AccessControl
import Broadcast
import HTTPEdge

/// Who may publish, and what pages of other origins are told (contract 6).
extension PublishEndpoint {
    /// Judges a publish before its body is read; answers it if it may not go on.
    func isPermitted(_ request: Request, on exchange: Exchange) -> Bool {
        let facts = request.facts
        switch self.access.policy.check(
            .publish, origin: facts.origin, host: facts.host, authorization: facts.authorization, apiKey: facts.apiKey)
        {
        case .granted(let key):
            guard let key, key.isLimitedToChannels else { return true }
            // Only for such a key the names are needed now, and a bad one is told now.
            guard let (channel, _) = self.names(of: request, on: exchange) else { return false }
            if key.mayPublish(to: channel.bytes.span) { return true }
            self.refuse(.channelNotPermitted, keyName: key.name, request, on: exchange)
        case .refused(let refusal, let keyName):
            self.refuse(refusal, keyName: keyName, request, on: exchange)
        }
        return false
    }

    private func refuse(_ refusal: AccessRefusal, keyName: String, _ request: Request, on exchange: Exchange) {
        self.http.tally.refuse(refusal.reason)
        self.access.note(refusal, of: .publish, keyName: keyName, peer: exchange.clientAddress)
        let lines = self.crossOriginLines(request)
        switch refusal {
        case .unauthorized:
            exchange.refuse(
                .unauthorized, "Send a publish key: Authorization: Bearer <key>, or X-API-Key: <key>",
                extraHeaders: "WWW-Authenticate: Bearer\r\n" + lines)
        case .foreignOrigin, .strangeHost:
            exchange.refuse(.forbidden, "Web pages of other origins may not publish here", extraHeaders: lines)
        case .notPermitted:
            exchange.refuse(.forbidden, "This key may not publish", extraHeaders: lines)
        case .channelNotPermitted:
            exchange.refuse(.forbidden, "This key may not publish to this channel", extraHeaders: lines)
        }
    }

    /// Any method but POST. A browser asks by `OPTIONS` whether a page may send its publish (Fetch, CORS-preflight request).
    func refuseMethod(_ request: Request, on exchange: Exchange) {
        let facts = request.facts
        guard request.method == .options, facts.origin != nil else {
            return exchange.refuse(
                .methodNotAllowed, "Method Not Allowed", extraHeaders: "Allow: POST\r\n" + self.crossOriginLines(request))
        }
        let policy = self.access.policy
        guard policy.admitsPage(policy.origins.judge(origin: facts.origin, host: facts.host)) else {
            return self.refuse(.foreignOrigin, keyName: "none", request, on: exchange)
        }
        let lines = policy.crossOriginLines(origin: facts.origin, host: facts.host)
        exchange.respond(ResponseHead(.noContent, extraHeaders: lines + Self.preflightLines))
    }

    /// The methods and headers that mean something here, and the two that tracing adds. How long a browser may remember it, in seconds:
    /// every request is judged again in any case.
    private static let preflightLines =
        "Access-Control-Allow-Methods: POST\r\n"
        + "Access-Control-Allow-Headers: Authorization, Content-Type, Prefer, X-API-Key, traceparent, tracestate\r\n"
        + "Access-Control-Max-Age: 600\r\n"

    /// For every answer, so that the page can read it; empty when the request comes from no page.
    func crossOriginLines(_ request: Request) -> String {
        guard let origin = request.facts.origin else { return "" }
        let lines = self.access.policy.crossOriginLines(origin: origin, host: request.facts.host)
        return lines.hasPrefix("Access-Control") ? lines + "Access-Control-Expose-Headers: Preference-Applied, Retry-After\r\n" : lines
    }
}
