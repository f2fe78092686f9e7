/// Why a text is not the URL of a server that the client commands can talk to.
package enum ServerURLFault: Error, Equatable, Sendable {
    /// No `http://` in front.
    case scheme
    /// A user's name or password.
    case user
    /// A path, a query or a fragment: the server's paths are its own.
    case path
    case host
    case port

    /// What is wrong, for the person who wrote it.
    package var message: String {
        switch self {
        case .scheme: "it has to begin with http:// or https://, as in http://127.0.0.1:8000"
        case .user: "it may not hold a name or password: the key goes into FANFARE_PUBLISH_KEY"
        case .path: "it may not have a path: only host and port, as in http://127.0.0.1:8000"
        case .host: "its host is neither a name nor an address"
        case .port: "its port is not a number from 1 to 65535"
        }
    }
}
