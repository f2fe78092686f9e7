/// The cross-origin lines of an answer (contract 6, protocol.md 1.8). A pure function of policy and request.
package enum CrossOrigin {
    /// Header lines for every answer to this request; nothing but `Vary` when it comes from no page, or from one that gets nothing.
    package static func headers(_ policy: OriginPolicy, _ verdict: OriginPolicy.Verdict, origin: String?) -> String {
        let vary = policy.list.origins.isEmpty ? "" : "Vary: Origin\r\n"
        // Only what was parsed is repeated.
        guard let origin, Origin(parsing: origin) != nil || verdict == .wildcard else { return vary }
        switch verdict {
        case .wildcard:
            return "Access-Control-Allow-Origin: *\r\n" + vary
        case .listed, .neighbour:
            let credentials = policy.allowsCredentials ? "Access-Control-Allow-Credentials: true\r\n" : ""
            return "Access-Control-Allow-Origin: \(origin)\r\n\(credentials)Vary: Origin\r\n"
        case .home:
            return "Access-Control-Allow-Origin: \(origin)\r\nVary: Origin\r\n"
        case .none, .foreign:
            return vary
        }
    }
}
