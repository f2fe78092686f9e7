import WireBytes

/// The public id of a Socket.IO socket: 20 URL-safe characters for 15 random bytes (120 bits). It has nothing to do with the Engine.IO
/// session's id, which is a secret (protocol.md 3.3).
package enum SocketIdentifier {
    /// Characters in every identifier.
    package static let byteCount = 20

    /// - Parameter generator: the system's; a seeded one only in tests.
    /// - Returns: the characters of a fresh identifier.
    package static func random(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        var random: UInt64 = 0
        for index in 0..<15 {
            // Eight bytes a call: the system's generator costs a call of the kernel.
            random = index % 8 == 0 ? generator.next() : random >> 8
            bytes.append(UInt8(truncatingIfNeeded: random))
        }
        var characters: [UInt8] = []
        Base64.encodeURLSafe(bytes.span, to: &characters)
        return characters
    }
}
