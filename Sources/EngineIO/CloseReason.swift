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
    /// The queue passed its bound of bytes.
    case queueBytes
    /// The oldest byte of the queue has waited too long.
    case queueAge
    /// The queues of all sessions together passed their bound and this one was among the largest.
    case allQueues
    /// Too many inbound packets.
    case eventsRate
    /// Too many WebSocket pings.
    case pingsRate
    /// More packets in one POST than the limit.
    case pollPackets
    /// A WebSocket message beyond the size limit.
    case messageBytes
    /// A WebSocket message in more fragments than the limit.
    case fragments
    /// A WebSocket message that took too long to arrive.
    case messageDeadline
    /// Its CONNECT has a token, and too many are being verified.
    case tokenVerifications
    /// The peer left our WebSocket close frame unanswered.
    case closeDeadline

    /// The value of a metric's label and of a log field.
    package var label: StaticString {
        switch self {
        case .transportClose: "transport_close"
        case .transportError: "transport_error"
        case .pingTimeout: "ping_timeout"
        case .parseError: "parse_error"
        case .forcedClose: "forced_close"
        case .overlap: "overlap"
        case .connectTimeout: "connect_deadline"
        case .silentTimeout: "silent_deadline"
        case .serverShutdown: "server_shutdown"
        case .queueBytes: "queue_bytes"
        case .queueAge: "queue_age"
        case .allQueues: "all_queues"
        case .eventsRate: "events_rate"
        case .pingsRate: "pings_rate"
        case .pollPackets: "poll_packets"
        case .messageBytes: "message_bytes"
        case .fragments: "fragments"
        case .messageDeadline: "message_deadline"
        case .tokenVerifications: "token_verifications"
        case .closeDeadline: "close_deadline"
        }
    }
}
