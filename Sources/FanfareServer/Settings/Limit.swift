/// The limits of contract 7: the one list of their names, defaults, answers and counters. Flags, variables and the table in the docs are
/// made from it.
package enum Limit: String, CaseIterable, Sendable {
    case headerBytes, headerFields, targetBytes
    case firstByteDeadline, headerDeadline, bodyDeadline, idleDeadline
    case fragments, messageDeadline
    case jsonDepth, channels, pollPackets, pollReplyPackets
    case silentDeadline
    case eventsRate, eventsBurst, pingsRate, closeDeadline
    case queueBytes, queueAge
    case pendingBytes, pendingMessages, inFlightMessages
    case allQueues
    case connections, connectionsPerAddress

    /// What a value counts.
    package enum Unit: Sendable {
        case count(ClosedRange<Int>)
        case bytes(ClosedRange<Int>)
        /// Milliseconds.
        case duration
    }

    package var unit: Unit {
        switch self {
        case .headerBytes: .bytes(1_024...1_048_576)
        case .targetBytes: .bytes(256...65_536)
        case .headerFields: .count(8...1_000)
        case .firstByteDeadline, .headerDeadline, .bodyDeadline, .idleDeadline, .messageDeadline, .silentDeadline, .closeDeadline,
            .queueAge:
            .duration
        case .jsonDepth: .count(1...1_024)
        // Python clients refuse a reply with more packets than 16.
        case .pollReplyPackets: .count(2...16)
        case .queueBytes, .pendingBytes, .allQueues: .bytes(65_536...1_099_511_627_776)
        case .fragments, .channels, .pollPackets, .eventsRate, .eventsBurst, .pingsRate, .pendingMessages, .inFlightMessages, .connections,
            .connectionsPerAddress:
            .count(1...10_000_000)
        }
    }

    /// Bytes, milliseconds or a count; nil where it is found out at the start, or off.
    package var standard: Int? {
        switch self {
        case .headerBytes: 16_384
        case .headerFields: 100
        case .targetBytes: 8_192
        case .firstByteDeadline, .headerDeadline, .messageDeadline, .silentDeadline: 10_000
        case .bodyDeadline, .queueAge: 30_000
        case .idleDeadline: 75_000
        case .fragments: 1_024
        case .jsonDepth: 64
        case .channels: 128
        case .pollPackets, .eventsBurst: 256
        case .pollReplyPackets: 16
        case .eventsRate: 50
        case .pingsRate: 20
        case .closeDeadline: 5_000
        case .queueBytes: 4_194_304
        case .pendingBytes: 67_108_864
        case .pendingMessages: 10_000
        case .inFlightMessages: 1_000
        case .allQueues, .connections, .connectionsPerAddress: nil
        }
    }

    /// What it bounds and what happens past it, as the flag's help and the docs say it.
    package var explanation: (bounds: String, answer: String) {
        switch self {
        case .headerBytes: ("Header fields of a request, in bytes", "431")
        case .headerFields: ("Header fields of a request, their number", "431")
        case .targetBytes: ("Path and query of a request, in bytes", "414")
        case .firstByteDeadline: ("From a connection's start to its first byte", "408 and close")
        case .headerDeadline: ("From a request's first byte to the end of its header", "408 and close")
        case .bodyDeadline: ("From the end of the header to the end of the body", "408 and close")
        case .idleDeadline: ("From an answer to the next request", "close")
        case .fragments: ("Fragments of a WebSocket message", "1008")
        case .messageDeadline: ("From a WebSocket message's first byte to its last", "1008")
        case .jsonDepth: ("Nesting of a published JSON value", "422")
        case .channels: ("Channels of a connection", "too_many_channels")
        case .pollPackets: ("Packets of a polling POST", "400 and session closed")
        case .pollReplyPackets: ("Packets of a poll's answer", "the rest waits for the next poll")
        case .silentDeadline: ("From the handshake to the client's first packet or poll", "closed")
        case .eventsRate: ("Packets from a connection a second", "1008; polling: 400 and session closed")
        case .eventsBurst: ("Packets from a connection at once", "1008; polling: 400 and session closed")
        case .pingsRate: ("WebSocket pings from a connection a second", "1008")
        case .closeDeadline: ("How long a peer may take to answer a WebSocket close frame", "socket closed")
        case .queueBytes: ("What waits for one connection, in bytes; never less than the four largest messages", "1013")
        case .queueAge: ("How long the oldest byte may wait for a connection that is 64 KiB behind (long-polling: 4 KiB)", "1013")
        case .pendingBytes: ("Accepted and not yet fanned out, in bytes", "503, Retry-After: 1")
        case .pendingMessages: ("Accepted and not yet fanned out, messages", "503, Retry-After: 1")
        case .inFlightMessages: ("On their way to Redis, messages", "503, Retry-After: 1")
        case .allQueues: ("All queues together, in bytes; a quarter of the memory limit unless set", "1013 to the largest")
        case .connections:
            (
                "Connections, and as many sessions on long-polling; what the descriptor limit leaves unless set",
                "503 and close; 32 more, and closed without a word"
            )
        case .connectionsPerAddress: ("Connections from one address but a listed proxy; off unless set", "503 and close")
        }
    }

    /// `fanfare_refused_total{reason="…"}`, or `fanfare_cut_total` for what ends a connection or session that was taken. Nil where nothing is
    /// turned away.
    package var counter: (family: String, reason: String)? {
        switch self {
        case .pollReplyPackets: nil
        case .eventsRate, .eventsBurst: ("fanfare_cut_total", "events_rate")
        case .pendingBytes, .pendingMessages, .inFlightMessages: ("fanfare_refused_total", "pending")
        case .idleDeadline, .fragments, .messageDeadline, .pollPackets, .silentDeadline, .pingsRate, .closeDeadline, .queueBytes, .queueAge,
            .allQueues:
            ("fanfare_cut_total", self.words(joinedBy: "_"))
        default: ("fanfare_refused_total", self.words(joinedBy: "_"))
        }
    }

    /// The flag without its dashes: `limit-header-deadline`.
    package var flag: String { "limit-" + self.words(joinedBy: "-") }

    /// `FANFARE_LIMIT_HEADER_DEADLINE`.
    package var variable: String { "FANFARE_LIMIT_" + self.words(joinedBy: "_").uppercased() }

    private func words(joinedBy separator: String) -> String {
        self.rawValue.reduce(into: "") { $0 += $1.isUppercase ? separator + $1.lowercased() : String($1) }
    }
}
