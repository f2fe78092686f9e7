/// Everything that decides whether a request may do what it asks, known at start. A value, the same on every loop.
package struct AccessPolicy: Sendable {
    package enum Refusal: Equatable, Sendable {
        /// Open server, strange `Host`: 403 on every path.
        case strangeHost
        /// A web page of another site wants to publish: 403.
        case foreignOrigin
        /// No key or a wrong one: 401.
        case unauthorized
    }

    package let keys: PublishKeys
    package let origins: OriginPolicy
    /// `--insecure-open`: open although it can be reached from elsewhere.
    package let isInsecureOpen: Bool

    package init(keys: PublishKeys, origins: OriginPolicy, isInsecureOpen: Bool) {
        self.keys = keys
        self.origins = origins
        self.isInsecureOpen = isInsecureOpen
    }

    /// For every request, before its path counts.
    package func checkHost(_ host: String?) -> Refusal? {
        if !self.keys.isEmpty || self.isInsecureOpen { return nil }
        guard let host, HostRule.isLoopback(authority: host) else { return .strangeHost }
        return nil
    }

    /// For a publish. A foreign page needs a key and a listed origin; `*` does not count here.
    package func checkPublish(origin: String?, host: String?, authorization: String?, apiKey: String?) -> Refusal? {
        let hasKey = !self.keys.isEmpty && self.keys.accepts(authorization: authorization, apiKey: apiKey)
        switch self.origins.judge(origin: origin, host: host) {
        case .foreign, .wildcard:
            return .foreignOrigin
        case .listed where self.keys.isEmpty, .neighbour where !self.keys.isEmpty:
            return .foreignOrigin
        case .none, .home, .neighbour, .listed:
            return self.keys.isEmpty || hasKey ? nil : .unauthorized
        }
    }
}
