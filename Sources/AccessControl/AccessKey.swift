/// One key (contract 6): its name stands in logs, its secret nowhere.
package struct AccessKey: Sendable {
    /// A secret below this is short enough to be guessed, or was not made at random; it is taken, with a warning.
    package static let advisedByteCount = 16

    package let name: String
    package let may: [Permission]
    /// What it is for; empty: all of them.
    package let channels: [ChannelPattern]
    /// The secret's bytes, and zeros up to a power of two.
    private let padded: [UInt8]
    private let byteCount: Int

    /// - Parameter secret: an empty one opens nothing.
    package init(name: String, secret: String, may: [Permission] = Permission.allCases, channels: [ChannelPattern] = []) {
        var padded = Array(secret.utf8)
        self.byteCount = padded.count
        var length = 1
        while length < padded.count { length *= 2 }
        padded.append(contentsOf: repeatElement(0, count: length - padded.count))
        self.name = name
        self.may = may
        self.channels = channels
        self.padded = padded
    }

    package var isShort: Bool { self.byteCount < Self.advisedByteCount }

    /// Whether the channel has to be known before it can be said whether the key may publish.
    package var isLimitedToChannels: Bool { !self.channels.isEmpty }

    package func mayPublish(to channel: Span<UInt8>) -> Bool {
        self.may.contains(.publish) && self.covers(channel)
    }

    /// Whether the channel is one of those that it is for.
    package func covers(_ channel: Span<UInt8>) -> Bool {
        if self.channels.isEmpty { return true }
        for pattern in self.channels where pattern.matches(channel) { return true }
        return false
    }

    /// Whether this is the secret, in time that depends on the length of what is presented and on nothing else: every byte of it is
    /// compared with one of ours, wherever the first difference is and however long ours is. Padding instead of a digest, since there is no
    /// cryptography down here, and since hashing would cost each publish more than the comparison.
    func isSecret(_ presented: Span<UInt8>) -> Bool {
        let mask = self.padded.count &- 1
        var difference = UInt(bitPattern: self.byteCount ^ presented.count)
        for index in presented.indices {
            difference |= UInt(presented[index] ^ self.padded[index & mask])
        }
        return difference == 0 && self.byteCount > 0
    }

    /// Whether both have the same secret. For checking a configuration, not for what a client presents.
    func hasSecret(of other: AccessKey) -> Bool {
        self.byteCount == other.byteCount && self.padded == other.padded
    }
}

/// Whatever prints one: the name only.
extension AccessKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "key \(self.name)" }
    package var customMirror: Mirror { Mirror(self, children: ["name": self.name]) }
}
