/// Everything that decides whether a request may do what it asks. A value, the same on every loop; a reload replaces it.
package struct AccessPolicy: Sendable {
    package let keys: AccessKeys
    package let origins: OriginPolicy
    /// `--insecure-open`: open although it can be reached from elsewhere.
    package let isInsecureOpen: Bool

    package init(keys: AccessKeys, origins: OriginPolicy, isInsecureOpen: Bool) {
        self.keys = keys
        self.origins = origins
        self.isInsecureOpen = isInsecureOpen
    }

    /// For every request, before its path counts.
    package func checkHost(_ host: String?) -> AccessRefusal? {
        if !self.keys.isEmpty || self.isInsecureOpen { return nil }
        guard let host, HostRule.isLoopback(authority: host) else { return .strangeHost }
        return nil
    }

    /// For what needs a key once there are any.
    package func check(
        _ permission: Permission, origin: String?, host: String?, authorization: String?, apiKey: String?
    ) -> AccessDecision {
        let presented = self.keys.isEmpty ? .none : self.keys.find(authorization: authorization, apiKey: apiKey)
        guard origin == nil || self.admitsPage(self.origins.judge(origin: origin, host: host)) else {
            return .refused(.foreignOrigin, keyName: presented.name)
        }
        if self.keys.isEmpty { return .granted(to: nil) }
        guard case .known(let key) = presented else { return .refused(.unauthorized, keyName: presented.name) }
        return key.may.contains(permission) ? .granted(to: key) : .refused(.notPermitted, keyName: key.name)
    }

    /// Whether a page may do what needs a key once there are any, provided that it has one. A foreign page has to be listed, and there has to
    /// be a key; `*` does not count here.
    package func admitsPage(_ verdict: OriginPolicy.Verdict) -> Bool {
        switch verdict {
        case .none, .home: true
        case .neighbour: self.keys.isEmpty
        case .listed: !self.keys.isEmpty
        case .wildcard, .foreign: false
        }
    }

    /// The lines that let a page read the answer to what `check` judges; for a page that is not admitted nothing but `Vary`.
    package func crossOriginLines(origin: String?, host: String?) -> String {
        guard let origin else { return "" }
        let verdict = self.origins.judge(origin: origin, host: host)
        return CrossOrigin.headers(self.origins, self.admitsPage(verdict) ? verdict : .foreign, origin: origin)
    }
}
