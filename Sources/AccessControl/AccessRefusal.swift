/// Why somebody may not do what they ask.
package enum AccessRefusal: UInt8, CaseIterable, Sendable {
    /// An open server under a name that is not this machine's: 403 on every path.
    case strangeHost
    /// A web page of another site: 403.
    case foreignOrigin
    /// No key or a wrong one: 401.
    case unauthorized
    /// A key that is not for this: 403.
    case notPermitted
    /// A key that is not for this channel: 403.
    case channelNotPermitted

    /// As it is counted and logged.
    package var reason: StaticString {
        switch self {
        case .strangeHost: "strange_host"
        case .foreignOrigin: "foreign_origin"
        case .unauthorized: "unauthorized"
        case .notPermitted: "not_permitted"
        case .channelNotPermitted: "channel_not_permitted"
        }
    }
}
