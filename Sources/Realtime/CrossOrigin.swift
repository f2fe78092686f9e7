import AccessControl
import HTTPEdge

/// The cross-origin lines of an answer from the Engine.IO endpoint (contract 6, protocol.md 1.8). A pure function of policy and request.
enum CrossOrigin {
    /// Header lines for every answer to this request; empty when it comes from no page, or from one of this server.
    static func headers(_ policy: OriginPolicy, _ verdict: OriginPolicy.Verdict, origin: String?) -> String {
        let vary = policy.list == .everyone || policy.list == .only([]) ? "" : "Vary: Origin\r\n"
        guard let origin, Origin(parsing: origin) != nil || verdict == .wildcard else { return vary }
        switch verdict {
        case .wildcard: return "Access-Control-Allow-Origin: *\r\n"
        case .listed: return "Access-Control-Allow-Origin: \(origin)\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n"
        case .home, .neighbour: return "Access-Control-Allow-Origin: \(origin)\r\nVary: Origin\r\n"
        case .none, .foreign: return vary
        }
    }

    /// What a preflight is answered beyond that.
    static func preflightHeaders(_ facts: RequestFacts) -> String {
        var headers = "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n"
        if let requested = facts.accessControlRequestHeaders, requested.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            headers += "Vary: Access-Control-Request-Headers\r\nAccess-Control-Allow-Headers: \(requested)\r\n"
        }
        return headers
    }
}
