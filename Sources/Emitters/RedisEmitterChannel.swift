import WireBytes

/// The Redis channels that `@socket.io/redis-emitter` and its ports publish to (protocol.md 5.1), for the main namespace.
package enum RedisEmitterChannel: Equatable, Sendable {
    /// `<key>#/#`: to everyone, or to several rooms.
    case broadcast
    /// `<key>#/#<room>#`: to one room, whose name is this range of the Redis channel's. It is known before the message is decoded, so one
    /// for a room without subscribers need not be.
    case room(Range<Int>)
    /// `<key>#emitter`: old ports. A port that writes to both families says everything twice, so only one of them should be listened to.
    case legacy

    /// - Parameters:
    ///   - name: a Redis channel.
    ///   - key: the publisher's option of that name; `socket.io` unless it was changed.
    /// - Returns: nil for requests and responses between nodes, other namespaces and everything else.
    package static func parse(_ name: Span<UInt8>, key: Span<UInt8>) -> RedisEmitterChannel? {
        guard name.count > key.count, ASCII.equals(name.extracting(first: key.count), key) else { return nil }
        let rest = name.extracting(key.count..<name.count)
        if ASCII.equals(rest, "#/#") { return .broadcast }
        if ASCII.equals(rest, "#emitter") { return .legacy }
        guard rest.count >= 5, ASCII.equals(rest.extracting(first: 3), "#/#"), rest[rest.count &- 1] == UInt8(ascii: "#")
        else { return nil }
        return .room((key.count + 3)..<(name.count - 1))
    }
}
