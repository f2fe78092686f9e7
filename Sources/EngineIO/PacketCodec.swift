/// Decoding of one Engine.IO text packet: a WebSocket text message, or one part of a long-polling body (protocol.md 1.5).
package enum PacketCodec {
    private static let base64Prefix: UInt8 = 0x62

    /// Content after a type that has none (`1`, `5`, `6`) is tolerated, as the reference server does; whether a type may come from a
    /// client at all is the session's to judge.
    /// - Parameter range: the packet, within `bytes`, which are UTF-8.
    package static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) throws(PacketFault) -> Packet {
        guard !range.isEmpty else { throw .emptyPacket }
        let first = bytes[range.lowerBound]
        let payload = (range.lowerBound + 1)..<range.upperBound
        if first == Self.base64Prefix {
            return Packet(type: .message, payload: payload, isBase64: true)
        }
        guard let type = PacketType(rawValue: first) else { throw .unknownType }
        return Packet(type: type, payload: payload, isBase64: false)
    }
}
