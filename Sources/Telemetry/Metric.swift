/// What `/metrics` says: the one list of names, types, helps and labels. The text and docs/metrics.md are made from it, in this order.
package enum Metric: String, CaseIterable, Sendable {
    case connections = "fanfare_connections"
    case subscriptions = "fanfare_subscriptions"
    case channels = "fanfare_channels"
    case publishes = "fanfare_publishes_total"
    case deliveries = "fanfare_deliveries_total"
    case refused = "fanfare_refused_total"
    case cut = "fanfare_cut_total"
    case publishDuration = "fanfare_publish_duration_seconds"
    case fanOutDuration = "fanfare_fanout_duration_seconds"
    case loopLag = "fanfare_eventloop_lag_seconds"
    case receivedBytes = "fanfare_received_bytes_total"
    case sentBytes = "fanfare_sent_bytes_total"
    case queuedBytes = "fanfare_queued_bytes"
    case slowConnections = "fanfare_slow_connections"
    case pendingMessages = "fanfare_pending_messages"
    case sockets = "fanfare_sockets"
    case maximumSockets = "fanfare_maximum_sockets"
    case httpConnections = "fanfare_http_connections"
    case httpRequests = "fanfare_http_requests_total"
    case movedSessions = "fanfare_sessions_moved_total"
    case upgrades = "fanfare_upgrades_total"
    case tlsHandshakes = "fanfare_tls_handshakes_total"
    case backplaneUp = "fanfare_backplane_up"
    case backplaneChannels = "fanfare_backplane_channels"
    case backplaneInFlight = "fanfare_backplane_in_flight"
    case backplanePublishes = "fanfare_backplane_publishes_total"
    case backplaneMessages = "fanfare_backplane_messages_total"
    case backplaneGaps = "fanfare_backplane_gaps_total"
    case backplaneConnections = "fanfare_backplane_connections_total"
    case ready = "fanfare_ready"
    case draining = "fanfare_draining"
    case eventLoops = "fanfare_eventloops"
    case build = "fanfare_build_info"
    case refusedSeries = "fanfare_library_series_refused_total"
    case processorSeconds = "process_cpu_seconds_total"
    case openDescriptors = "process_open_fds"
    case maximumDescriptors = "process_max_fds"
    case residentBytes = "process_resident_memory_bytes"
    case virtualBytes = "process_virtual_memory_bytes"
    case startTime = "process_start_time_seconds"

    package var kind: MetricKind {
        switch self {
        case .publishDuration, .fanOutDuration, .loopLag: .histogram
        case .publishes, .deliveries, .refused, .cut, .receivedBytes, .sentBytes, .httpRequests, .movedSessions, .upgrades, .tlsHandshakes,
            .backplanePublishes, .backplaneMessages, .backplaneGaps, .backplaneConnections, .refusedSeries, .processorSeconds:
            .counter
        default: .gauge
        }
    }

    /// The only label that its series have, but for a histogram's `le`.
    package var label: String? {
        switch self {
        case .connections: "transport"
        case .refused, .cut: "reason"
        case .httpRequests: "code"
        case .tlsHandshakes, .backplanePublishes, .backplaneMessages: "result"
        case .build: "version"
        default: nil
        }
    }

    /// One sentence.
    package var help: String {
        switch self {
        case .connections: "Open Socket.IO sessions, by what carries them."
        case .subscriptions: "Subscriptions: each channel of each session counts."
        case .channels: "Channels with at least one subscription."
        case .publishes: "Publishes that were answered 200, also those that nobody was subscribed to."
        case .deliveries: "Messages handed to subscribers' connections: a publish counts once for each."
        case .refused: "Requests, packets and connections that were not taken."
        case .cut: "Connections and sessions that the server has ended."
        case .publishDuration: "From the end of an accepted publish's header to its answer; the rest of its body arrives meanwhile."
        case .fanOutDuration: "One pass of an event loop that writes what was published to the subscribers there."
        case .loopLag: "How much later than due an event loop's timer fired; looked at four times a second on each loop."
        case .receivedBytes: "Bytes read from connections; behind TLS what was inside it."
        case .sentBytes: "Bytes given to connections; behind TLS what goes inside it."
        case .queuedBytes: "Bytes that wait for the connections of fanfare_slow_connections; what is shared counts for each of them."
        case .slowConnections: "Connections that are behind: by 64 KiB on a WebSocket, by 4 KiB on long-polling."
        case .pendingMessages: "Messages accepted and not yet fanned out on every loop."
        case .sockets: "Open TCP connections of all kinds."
        case .maximumSockets: "How many of them the server takes."
        case .httpConnections: "Of fanfare_sockets those that speak HTTP: all but WebSockets."
        case .httpRequests: "Requests by the status of their answer; 101 is a WebSocket."
        case .movedSessions: "Sessions that changed event loops with their upgrade."
        case .upgrades: "Sessions that went from long-polling to a WebSocket."
        case .tlsHandshakes: "TLS handshakes that are over."
        case .backplaneUp: "1 while Redis is there; only with --redis, as the others of this family."
        case .backplaneChannels: "Channels that this node hears through Redis."
        case .backplaneInFlight: "Publishes on their way to Redis."
        case .backplanePublishes: "Publishes by what Redis made of them; unanswered: nobody knows."
        case .backplaneMessages:
            "What came from Redis: delivered, of an emitter, a second time, no message at all, or of a node of another version."
        case .backplaneGaps: "How often the subscribers of a channel were told that they may have missed something."
        case .backplaneConnections: "Connections that were made to Redis, also in vain."
        case .ready: "1 while the server takes connections, as /readyz."
        case .draining: "1 from the first moment of a drain."
        case .eventLoops: "Event loops, each on a thread of its own."
        case .build: "Always 1; the label is the version that runs."
        case .refusedSeries: "Series of libraries beneath the server that are not shown: too many, or a name that is taken."
        case .processorSeconds: "User and system time of the process."
        case .openDescriptors: "Descriptors that are open."
        case .maximumDescriptors: "Descriptors that may be open."
        case .residentBytes: "Memory that is in use."
        case .virtualBytes: "Address space that is mapped."
        case .startTime: "When the process started, since 1970."
        }
    }
}
