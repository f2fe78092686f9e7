package import AccessControl
package import HTTPEdge

/// Who may use an endpoint that wants a key once there are any, and what pages of other origins are told (contract 6). One an endpoint; used
/// on its loop.
package struct EndpointAccess {
    private let access: LoopAccess
    private let http: HTTPLoop
    private let permission: Permission
    /// As `Allow` lists them.
    private let methods: String
    /// What a page may send beside a key and what tracing adds; each with a comma behind it.
    private let requestHeaders: String
    /// What a page may read of every answer.
    private let exposedHeaders: String
    /// Whole lines for every answer.
    private let everyAnswer: String

    /// - Parameters:
    ///   - methods: as `Allow` lists them.
    ///   - requestHeaders: what a page may send beside a key; each with a comma behind it.
    ///   - exposedHeaders: what a page may read of every answer.
    ///   - everyAnswer: whole lines.
    package init(
        access: LoopAccess, http: HTTPLoop, permission: Permission, methods: String, requestHeaders: String = "",
        exposedHeaders: String = "", everyAnswer: String = ""
    ) {
        self.access = access
        self.http = http
        self.permission = permission
        self.methods = methods
        self.requestHeaders = requestHeaders
        self.exposedHeaders = exposedHeaders
        self.everyAnswer = everyAnswer
    }

    /// Judges a request before its body is read, and answers it if it may not go on.
    package func admit(_ request: Request, on exchange: Exchange) -> AccessDecision {
        let facts = request.facts
        let decision = self.access.policy.check(
            self.permission, origin: facts.origin, host: facts.host, authorization: facts.authorization, apiKey: facts.apiKey)
        if case .refused(let refusal, let keyName) = decision { self.refuse(refusal, keyName: keyName, request, on: exchange) }
        return decision
    }

    package func refuse(_ refusal: AccessRefusal, keyName: String, _ request: Request, on exchange: Exchange) {
        self.http.tally.refuse(refusal.reason)
        self.access.note(refusal, of: self.activity, keyName: keyName, peer: exchange.clientAddress)
        let lines = self.lines(request)
        switch refusal {
        case .unauthorized:
            exchange.refuse(
                .unauthorized, "Send a \(self.keyName): Authorization: Bearer <key>, or X-API-Key: <key>",
                extraHeaders: "WWW-Authenticate: Bearer\r\n" + lines)
        case .foreignOrigin, .strangeHost:
            exchange.refuse(.forbidden, "Web pages of other origins may not \(self.permission.rawValue) here", extraHeaders: lines)
        case .notPermitted:
            exchange.refuse(.forbidden, "This key may not \(self.permission.rawValue)", extraHeaders: lines)
        case .channelNotPermitted:
            exchange.refuse(
                .forbidden, "This key may not \(self.permission == .publish ? "publish to" : self.permission.rawValue) this channel",
                extraHeaders: lines)
        }
    }

    /// A method that the endpoint does not have. A browser asks by `OPTIONS` whether a page may send its request (Fetch, CORS-preflight
    /// request).
    package func refuseMethod(_ request: Request, on exchange: Exchange) {
        let facts = request.facts
        guard request.method == .options, facts.origin != nil else {
            return exchange.refuse(
                .methodNotAllowed, "Method Not Allowed", extraHeaders: "Allow: \(self.methods)\r\n" + self.lines(request))
        }
        let policy = self.access.policy
        guard policy.admitsPage(policy.origins.judge(origin: facts.origin, host: facts.host)) else {
            return self.refuse(.foreignOrigin, keyName: "none", request, on: exchange)
        }
        let lines = policy.crossOriginLines(origin: facts.origin, host: facts.host)
        exchange.respond(ResponseHead(.noContent, extraHeaders: lines + self.preflightLines))
    }

    /// How long a browser may remember it, in seconds: every request is judged again in any case.
    private var preflightLines: String {
        "Access-Control-Allow-Methods: \(self.methods)\r\n"
            + "Access-Control-Allow-Headers: Authorization, \(self.requestHeaders)X-API-Key, X-Request-ID, traceparent, tracestate\r\n"
            + "Access-Control-Max-Age: 600\r\n"
    }

    /// For every answer: what its page needs to read it, and what all answers have.
    package func lines(_ request: Request) -> String {
        guard let origin = request.facts.origin else { return self.everyAnswer }
        let lines = self.access.policy.crossOriginLines(origin: origin, host: request.facts.host)
        let isReadable = !self.exposedHeaders.isEmpty && lines.hasPrefix("Access-Control")
        return self.everyAnswer + lines + (isReadable ? "Access-Control-Expose-Headers: \(self.exposedHeaders)\r\n" : "")
    }

    private var keyName: String {
        self.permission == .publish ? "publish key" : "key that may \(self.permission.rawValue)"
    }

    private var activity: RefusalLedger.Activity {
        switch self.permission {
        case .publish: .publish
        case .read: .read
        case .admin: .admin
        }
    }
}
