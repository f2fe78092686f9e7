/// Why a Socket.IO packet from a client is refused. Each of them closes the whole Engine.IO connection (protocol.md 3.2).
package enum SocketPacketFault: Error, Equatable, Sendable {
    /// Not even a type.
    case empty
    /// The first byte is not a digit from `0` to `6`.
    case unknownType
    /// Only a server sends CONNECT_ERROR.
    case connectErrorFromClient
    /// A binary packet without `<digits>-` after its type.
    case badAttachmentCount
    /// More than `SocketPacket.maximumAttachments`.
    case tooManyAttachments
    /// A binary packet that announces no attachment would never be complete.
    case noAttachments
    /// More than `SocketPacket.maximumAckIDByteCount` digits.
    case ackIDTooLong
    /// What follows the head is not one JSON value, or is nested too deeply.
    case badJSON
    /// The payload of a CONNECT is not an object.
    case payloadNotObject
    /// The payload of an event or an acknowledgement is not an array.
    case payloadNotArray
    /// A DISCONNECT with a payload.
    case unexpectedPayload
    /// A binary packet without a payload.
    case missingPayload
    /// The first element of an event is neither a string nor a number, or there is none.
    case badEventName
    /// The event has one of the names that the official clients keep for themselves.
    case reservedEventName
}
