/// Why a binary packet cannot be put together. Each of them closes the whole Engine.IO connection (protocol.md 3.2).
package enum BinaryFault: Error, Equatable, Sendable {
    /// The packet is of a type that has no attachments, or has no payload to put them into.
    case notBinary
    /// A placeholder whose `num` is missing, repeated, not a whole number or not below the number of attachments.
    case badPlaceholder
    /// Packet and attachments together are beyond the limit.
    case tooManyBytes
    /// A binary message after the last attachment.
    case surplusAttachment
    /// A text packet between the packet and its last attachment.
    case textWhilePending
}
