import WireBytes

/// The public id of a Socket.IO socket: 20 URL-safe characters for 15 random bytes (120 bits). It has nothing to do with the Engine.IO
/// session's id, which is a secret (protocol.md 3.3). Stored inline and compared as bytes.
package struct SocketIdentifier: Hashable, Sendable {
    /// Characters in every identifier.
    package static let byteCount = 20

    private static let randomByteCount = 15

    /// The first eight bytes, and the last seven.
    private let high: UInt64
    private let low: UInt64

    /// - Parameter generator: the system's; a seeded one only in tests.
    package init(using generator: inout some RandomNumberGenerator) {
        self.high = generator.next()
        self.low = generator.next() >> 8
    }

    /// - Returns: nil unless it is exactly what `characters` can be.
    package init?(parsing characters: Span<UInt8>) {
        guard characters.count == Self.byteCount, let bytes = Base64.decodeURLSafe(0..<characters.count, of: characters),
            bytes.count == Self.randomByteCount
        else { return nil }
        self.high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// As the client is told it.
    package var characters: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.randomByteCount)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: self.high >> UInt64(shift))) }
        for shift in stride(from: 48, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: self.low >> UInt64(shift))) }
        var characters: [UInt8] = []
        Base64.encodeURLSafe(bytes.span, to: &characters)
        return characters
    }
}
