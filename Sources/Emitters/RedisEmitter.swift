import WireBytes

/// What `@socket.io/redis-emitter` and its ports put on Redis (protocol.md 5.1): `[uid, packet, options]`, or `[packet, options]` from old
/// ports, in MessagePack or JSON.
///
/// Flags (`volatile`, `compress`) are ignored, and so are the publisher's id and the packet's number for binary: what is binary is found in
/// the data. A pure function, called on the link's loop.
package enum RedisEmitter {
    /// - Parameters:
    ///   - message: what was published, whole.
    ///   - channel: the name of the Redis channel it came on.
    ///   - key: the publisher's option of that name; `socket.io` unless it was changed.
    package static func decode(
        _ message: Span<UInt8>, on channel: Span<UInt8>, key: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> EmitterOutcome {
        guard let kind = RedisEmitterChannel.parse(channel, key: key) else { return .ignored(.channel) }
        let room =
            switch kind {
            case .room(let range): channel.extracting(range)
            case .broadcast, .legacy: channel.extracting(first: 0)
            }
        guard message.count > 0 else { throw .unknownEncoding }
        guard message.count <= limits.maximumMessageByteCount else { throw .tooLarge }
        switch message[0] {
        case 0x92, 0x93:
            return try RedisEmitterMessagePack.decode(message, room: room, limits: limits)
        case UInt8(ascii: "["):
            return try RedisEmitterJSON.decode(message, room: room, limits: limits)
        default:
            throw .unknownEncoding
        }
    }
}
