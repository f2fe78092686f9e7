/// Which web pages may use the server (contract 6). A value, the same on every loop.
package struct OriginPolicy: Sendable {
    package enum List: Equatable, Sendable {
        /// `*`: every origin may subscribe. Never counts for publishing.
        case everyone
        /// Exactly these. Empty: no list was given.
        case only([Origin])
    }

    package enum Verdict: Equatable, Sendable {
        /// No `Origin` header: a backend or an app, not a page of another site.
        case none
        /// The page came from this server.
        case home
        /// The page came from this machine, to which the server listens only, and no list was given.
        case neighbour
        case listed
        /// Anybody's, allowed by `*`.
        case wildcard
        case foreign
    }

    package let list: List
    package let isLoopbackListener: Bool

    package init(list: List, isLoopbackListener: Bool) {
        self.list = list
        self.isLoopbackListener = isLoopbackListener
    }

    /// - Parameters:
    ///   - header: the `Origin` header's value.
    ///   - host: the `Host` header's value.
    package func judge(origin header: String?, host: String?) -> Verdict {
        guard let header else { return .none }
        guard let origin = Origin(parsing: header) else { return self.list == .everyone ? .wildcard : .foreign }
        if let host, origin.matches(host: host) { return .home }
        switch self.list {
        case .everyone:
            return .wildcard
        case .only(let origins):
            if origins.contains(origin) { return .listed }
            return origins.isEmpty && self.isLoopbackListener && origin.isLoopback ? .neighbour : .foreign
        }
    }
}
