package import WebSocketFraming

/// Why there is no connection, or no longer one. Texts that a server chose have passed `PrintableText`.
package enum ConnectionLoss: Error, Equatable, Sendable {
    /// No TCP connection came about.
    case unreachable(String)
    /// The upgrade request was answered as plain HTTP.
    case refused(status: Int, detail: String)
    /// The server's CONNECT_ERROR, in its words.
    case connectRefused(String)
    /// What came is not what the protocols say.
    case protocolViolation(String)
    /// Not connected to the namespace in time, or no ping when one was due.
    case silence
    /// The server ended it, with or without a close frame.
    case closed(CloseCode?)

    /// For people, without a full stop.
    package var words: String {
        switch self {
        case .unreachable(let why): why
        case .refused(let status, let detail): detail.isEmpty ? "it answered \(status)" : "it answered \(status): \(detail)"
        case .connectRefused(let message): "it refused the connection: \(message)"
        case .protocolViolation(let what): "it does not speak Socket.IO 5: \(what)"
        case .silence: "nothing came from it for too long"
        case .closed(let code): code.map { "it closed the connection (\($0.rawValue))" } ?? "it closed the connection"
        }
    }
}
