/// One decoded Engine.IO text packet: what it is, and where its content lies in the bytes that it was decoded from.
package struct Packet: Equatable, Sendable {
    package let type: PacketType
    /// Offsets into the decoded bytes: everything after the type. Empty for a packet without content.
    package let payload: Range<Int>
    /// A `b…` packet: a binary message, whose `payload` is base64 text that nobody has checked yet.
    package let isBase64: Bool

    package init(type: PacketType, payload: Range<Int>, isBase64: Bool) {
        self.type = type
        self.payload = payload
        self.isBase64 = isBase64
    }
}
