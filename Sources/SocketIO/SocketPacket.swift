/// One decoded Socket.IO packet: `<type>[<n>-][<namespace>,][<ack id>][<json>]` after the Engine.IO `4` (protocol.md 3.1). The ranges are
/// offsets into the bytes that it was decoded from.
package struct SocketPacket: Equatable, Sendable {
    /// Most attachments that a binary packet may announce; the official clients refuse more (protocol.md 3.1).
    package static let maximumAttachments = 10
    /// Longest acknowledgement id, in digits: all that an unsigned 64-bit number can need but for its largest ones.
    package static let maximumAckIDByteCount = 19

    package let type: SocketPacketType
    /// 1 to `maximumAttachments` for the binary types, 0 for the others.
    package let attachments: Int
    /// With its leading slash, without the query after a `?`. `nil` for the main namespace, also if the client spelt it out as `/,`.
    package let namespace: Range<Int>?
    /// Digits, to be sent back verbatim: as a number they may not fit, and zeros in front would be lost.
    package let ackID: Range<Int>?
    /// Exactly one JSON value that has passed `JSONScanner`: an object for CONNECT, an array for events and acknowledgements.
    package let payload: Range<Int>?

    package init(
        type: SocketPacketType, attachments: Int = 0, namespace: Range<Int>? = nil, ackID: Range<Int>? = nil, payload: Range<Int>? = nil
    ) {
        self.type = type
        self.attachments = attachments
        self.namespace = namespace
        self.ackID = ackID
        self.payload = payload
    }
}
