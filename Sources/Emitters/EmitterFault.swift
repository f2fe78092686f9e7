package import WireBytes

/// Why a publisher's message on Redis is delivered to nobody: the closed list. Dropped and counted by reason.
package enum EmitterFault: Error, Equatable, Sendable {
    /// Neither MessagePack nor JSON of the expected kind, by its first byte; also nothing at all.
    case unknownEncoding
    /// Python's pickle, which python-socketio up to 5.13 writes: not read, since a pickle is a program.
    case pickle
    /// Broken MessagePack.
    case messagePack(MessagePackFault)
    /// Broken JSON.
    case json(JSONFault)
    /// A part of the message has another form than the publisher's protocol says, or is missing.
    case malformed(Part)
    /// The event's name breaks a rule.
    case badEvent(NameFault)
    /// More than `EmitterLimits.maximumRooms`.
    case tooManyRooms
    /// The Redis channel names a room that the message is not for.
    case otherRoom
    /// More than `EmitterLimits.maximumAttachments`.
    case tooManyAttachments
    /// Attachments that are not base64, or placeholders that name no attachment: a client would drop its connection.
    case badAttachments
    /// More bytes than allowed, of the message or of what would be delivered.
    case tooLarge

    /// The parts of a message.
    package enum Part: Equatable, Sendable {
        /// The message as a whole.
        case message
        /// Type, namespace and data together.
        case packet
        /// The list that begins with the event's name.
        case data
        /// Rooms, exceptions, flags.
        case options
        /// A list of rooms.
        case rooms
        case namespace
        case method
    }
}
