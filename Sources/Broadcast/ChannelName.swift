/// The name of a channel: 1 to 200 bytes of UTF-8 that `NameRule` has accepted, compared byte by byte.
///
/// Never a `String`: its `==` merges canonically equivalent texts ("é" and "e" + U+0301), which would let two channels leak into each other.
package struct ChannelName: Hashable, Sendable {
    package let bytes: [UInt8]
    /// Taken once, with the process's random seed: a name is looked up on every loop that it reaches, and strangers choose names.
    private let hash: Int

    /// - Parameter bytes: already checked with `NameRule.checkChannel`.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        self.hash = hasher.finalize()
    }

    package static func == (left: ChannelName, right: ChannelName) -> Bool {
        left.hash == right.hash && left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.hash)
    }

    /// Which of `count` (a power of two) stripes of the interest table the name belongs to.
    func stripe(of count: Int) -> Int {
        self.hash & (count - 1)
    }
}
