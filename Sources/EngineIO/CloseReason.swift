/// Why a session ended.
package enum CloseReason: Sendable, CaseIterable {
    /// The client said so: a `1` packet, a WebSocket close frame or the orderly end of its connection.
    case transportClose
    /// The connection broke, or a parked poll's connection went away.
    case transportError
    /// No pong in time.
    case pingTimeout
    /// A packet that cannot be decoded or is not allowed: a client's `2` outside a probe, a packet for a namespace that was not joined.
    case parseError
    /// The server ended this one session.
    case forcedClose
    /// A second poll or a second POST while one was under way.
    case overlap
    /// No namespace was joined in time.
    case connectTimeout
    /// Nothing at all came after the handshake.
    case silentTimeout
    /// The server is stopping.
    case serverShutdown
    /// The queue passed its bound of bytes or of age.
    case tooSlow
    /// The queues of all sessions together passed their bound and this one was among the largest.
    case memoryPressure
    /// Too many inbound packets or pings.
    case rateLimit
    /// More packets in one POST than the limit.
    case packetLimit
    /// A WebSocket message or a fragment count beyond its limit.
    case messageTooBig

    /// The value of a metric's label and of a log field.
    package var label: StaticString {
        switch self {
        case .transportClose: "transport_close"
        case .transportError: "transport_error"
        case .pingTimeout: "ping_timeout"
        case .parseError: "parse_error"
        case .forcedClose: "forced_close"
        case .overlap: "overlap"
        case .connectTimeout: "connect_timeout"
        case .silentTimeout: "silent_timeout"
        case .serverShutdown: "server_shutdown"
        case .tooSlow: "too_slow"
        case .memoryPressure: "memory_pressure"
        case .rateLimit: "rate_limit"
        case .packetLimit: "packet_limit"
        case .messageTooBig: "message_too_big"
        }
    }
}
