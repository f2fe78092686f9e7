/// The seven packet types of Socket.IO revision 5 (protocol.md 3.1). The raw value is the ASCII digit that begins a packet.
package enum SocketPacketType: UInt8, Sendable {
    case connect = 0x30
    case disconnect
    case event
    case ack
    case connectError
    case binaryEvent
    case binaryAck

    /// Whether the packet announces attachments that follow it as messages of their own.
    package var isBinary: Bool {
        self == .binaryEvent || self == .binaryAck
    }
}
