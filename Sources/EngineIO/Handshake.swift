import WireBytes

/// What a server announces in its `open` packet (protocol.md 1.4), rendered once for the whole process but for the session's id.
package struct Handshake: Sendable {
    private static let head: [UInt8] = Array(#"0{"sid":""#.utf8)

    /// What follows the id when the client may still upgrade, and when it is on a WebSocket already.
    private let upgradableTail: [UInt8]
    private let finalTail: [UInt8]

    /// - Parameter maximumPayload: bytes; a client splits its POST bodies by it.
    package init(pingIntervalMilliseconds: Int, pingTimeoutMilliseconds: Int, maximumPayload: Int) {
        var timing: [UInt8] = Array(#","pingInterval":"#.utf8)
        ASCII.appendDecimal(pingIntervalMilliseconds, to: &timing)
        timing += #","pingTimeout":"#.utf8
        ASCII.appendDecimal(pingTimeoutMilliseconds, to: &timing)
        timing += #","maxPayload":"#.utf8
        ASCII.appendDecimal(maximumPayload, to: &timing)
        timing += "}".utf8
        self.upgradableTail = Array(#"","upgrades":["websocket"]"#.utf8) + timing
        self.finalTail = Array(#"","upgrades":[]"#.utf8) + timing
    }

    /// The whole packet, `0{"sid":…,"upgrades":[…],"pingInterval":…,"pingTimeout":…,"maxPayload":…}`. Small clients search it for
    /// substrings, so the order of the keys is fixed.
    /// - Parameter mayUpgrade: the session begins with long-polling.
    package func openPacket(sid: SessionIdentifier, mayUpgrade: Bool) -> [UInt8] {
        let tail = mayUpgrade ? self.upgradableTail : self.finalTail
        var packet: [UInt8] = []
        packet.reserveCapacity(Self.head.count + SessionIdentifier.byteCount + tail.count)
        packet += Self.head
        sid.append(to: &packet)
        packet += tail
        return packet
    }
}
