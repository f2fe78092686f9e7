/// The seven packet types of Engine.IO revision 4 (protocol.md 1.5). The raw value is the ASCII digit that begins a packet.
package enum PacketType: UInt8, Sendable {
    case open = 0x30
    case close
    case ping
    case pong
    case message
    case upgrade
    case noop
}
