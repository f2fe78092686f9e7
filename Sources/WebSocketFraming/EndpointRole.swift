/// Which end of the connection reads: a server takes masked frames only, a client only such that are not (RFC 6455 5.1).
package enum EndpointRole: Sendable {
    case server
    case client

    /// What storage is kept from one message to the next. At a server the frames of a subscriber that mostly listens fit, at a client
    /// usual broadcasts.
    var keptStorageBytes: Int {
        switch self {
        case .server: 128
        case .client: 4_096
        }
    }
}
