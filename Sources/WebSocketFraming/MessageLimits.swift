/// What one incoming message may cost.
package struct MessageLimits: Sendable {
    /// Payload bytes of a whole message, over all its fragments. One byte more: 1009, as soon as a header announces it.
    package let maximumMessageBytes: Int
    /// Frames of a message, the first one counted. One more: 1008.
    package let maximumFragments: Int

    /// Negative limits count as zero.
    package init(maximumMessageBytes: Int = 1_000_000, maximumFragments: Int = 1024) {
        self.maximumMessageBytes = max(0, maximumMessageBytes)
        self.maximumFragments = max(0, maximumFragments)
    }
}
