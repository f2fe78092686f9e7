/// What a frame carries (RFC 6455 5.2). The other ten values of the four bits are reserved and refused.
package enum Opcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames stay within 125 bytes, are never fragmented and may stand between the fragments of a message (RFC 6455 5.5).
    package var isControl: Bool { rawValue & 0b1000 != 0 }
}
