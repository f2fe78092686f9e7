/// Which web pages may use the server (contract 6). A value, the same on every loop.
package struct OriginPolicy: Sendable {
    /// The list of origins. With `*` every origin may subscribe; for publishing only the entries count.
    package struct List: Equatable, Sendable {
        package let hasStar: Bool
        package let origins: [Origin]

        package init(hasStar: Bool, origins: [Origin]) {
            self.hasStar = hasStar
            self.origins = origins
        }

        /// Nothing but `*`.
        package static let everyone = List(hasStar: true, origins: [])

        /// Exactly these. Empty: no list was given.
        package static func only(_ origins: [Origin]) -> List {
            List(hasStar: false, origins: origins)
        }
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
    /// Whether listed pages may send cookies and what else the browser keeps: on for a list, off for `*`, unless it was said.
    package let allowsCredentials: Bool

    /// - Parameter credentials: `cors.credentials`; nil if it was not said.
    package init(list: List, isLoopbackListener: Bool, credentials: Bool? = nil) {
        self.list = list
        self.isLoopbackListener = isLoopbackListener
        self.allowsCredentials = !list.hasStar && (credentials ?? !list.origins.isEmpty)
    }

    /// Why this list and this setting contradict each other; nil if they do not. For the start: such a server would have to hand the
    /// credentials of its users to every page.
    package static func contradiction(list: List, credentials: Bool?) -> String? {
        guard list.hasStar, credentials == true else { return nil }
        return "credentials cannot be allowed to all origins: list the origins instead of *, or leave out the setting for credentials"
    }

    /// - Parameters:
    ///   - header: the `Origin` header's value.
    ///   - host: the `Host` header's value.
    package func judge(origin header: String?, host: String?) -> Verdict {
        guard let header else { return .none }
        guard let origin = Origin(parsing: header) else { return self.list.hasStar ? .wildcard : .foreign }
        if let host, origin.matches(host: host) { return .home }
        if self.list.origins.contains(origin) { return .listed }
        if self.list.hasStar { return .wildcard }
        return self.list.origins.isEmpty && self.isLoopbackListener && origin.isLoopback ? .neighbour : .foreign
    }
}
