/// Why a text packet or a long-polling body is undecodable. Each of them ends the session (protocol.md 1.5).
package enum PacketFault: Error, Equatable, Sendable {
    /// A long-polling body without a single byte.
    case emptyPayload
    /// A packet without a type: an empty text frame, or nothing between two separators.
    case emptyPacket
    /// A long-polling body that ends with U+001E.
    case trailingSeparator
    /// The first byte is neither a digit from `0` to `6` nor `b`.
    case unknownType
    /// A packet of a long-polling body that is not UTF-8.
    case badUTF8
}
