import WireBytes

/// The secret id of an Engine.IO session: 24 characters of URL-safe base64 for 18 bytes, of which the first is the index of the loop
/// that owns the session and 17 (136 bits) are random; where there are several nodes the first two of these are the node's mark.
///
/// Whoever knows it owns the session, so its description shows only a part. Stored inline and compared as bytes.
package struct SessionIdentifier: Hashable, Sendable {
    /// Characters in every identifier.
    package static let byteCount = 24

    /// The characters, eight a word, the first in the highest byte.
    private let words: (high: UInt64, middle: UInt64, low: UInt64)

    /// - Parameters:
    ///   - node: the mark of this node; nil if there are no others.
    ///   - generator: the system's; a seeded one only in tests.
    package init(loop: UInt8, node: UInt16? = nil, using generator: inout some RandomNumberGenerator) {
        var bytes: [UInt8] = [loop]
        if let node { bytes += [UInt8(truncatingIfNeeded: node >> 8), UInt8(truncatingIfNeeded: node)] }
        var random: UInt64 = 0
        for index in 0..<(18 - bytes.count) {
            // Eight bytes a call: the system's generator costs a call of the kernel.
            random = index % 8 == 0 ? generator.next() : random >> 8
            bytes.append(UInt8(truncatingIfNeeded: random))
        }
        var characters: [UInt8] = []
        Base64.encodeURLSafe(bytes.span, to: &characters)
        self.words = Self.words(0..<Self.byteCount, of: characters.span)
    }

    /// - Returns: `nil` unless `range` of `bytes` is exactly 24 URL-safe characters.
    package init?(parsing range: Range<Int>, of bytes: Span<UInt8>) {
        guard range.count == Self.byteCount else { return nil }
        for index in range where Self.value(of: bytes[index]) == nil {
            return nil
        }
        self.words = Self.words(range, of: bytes)
    }

    /// The index of the loop that owns the session; 0 to 255, so one from outside may name a loop that does not exist.
    package var loop: Int {
        let first = Self.value(of: UInt8(truncatingIfNeeded: self.words.high >> 56)) ?? 0
        let second = Self.value(of: UInt8(truncatingIfNeeded: self.words.high >> 48)) ?? 0
        return Int(first << 2 | second >> 4)
    }

    /// The mark of the node that owns the session; random where there is one node.
    package var node: UInt16 {
        // The first 24 bits are four characters.
        stride(from: 56, through: 32, by: -8).reduce(UInt16(0)) { bits, shift in
            bits << 6 | UInt16(Self.value(of: UInt8(truncatingIfNeeded: self.words.high >> UInt64(shift))) ?? 0)
        }
    }

    /// Adds the 24 characters.
    package func append(to output: inout [UInt8]) {
        for word in [self.words.high, self.words.middle, self.words.low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    package static func == (left: SessionIdentifier, right: SessionIdentifier) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.high)
        hasher.combine(self.words.middle)
        hasher.combine(self.words.low)
    }

    private static func words(_ range: Range<Int>, of bytes: Span<UInt8>) -> (high: UInt64, middle: UInt64, low: UInt64) {
        func word(_ offset: Int) -> UInt64 {
            var word: UInt64 = 0
            for index in offset..<(offset + 8) {
                word = word << 8 | UInt64(bytes[index])
            }
            return word
        }
        return (word(range.lowerBound), word(range.lowerBound + 8), word(range.lowerBound + 16))
    }

    /// The six bits of a URL-safe base64 character (RFC 4648, section 5).
    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case 0x2D: 62
        case 0x5F: 63
        default: nil
        }
    }
}

extension SessionIdentifier: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Six characters for a log line; the 108 random bits behind them stay secret.
    package var description: String {
        var characters: [UInt8] = []
        self.append(to: &characters)
        return String(decoding: characters.prefix(6), as: UTF8.self) + "…"
    }

    package var debugDescription: String {
        self.description
    }

    /// Nothing: `dump` would print what the description hides.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }
}
