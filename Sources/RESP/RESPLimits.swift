/// What one reply may hold. A reply past a limit is a fault, told as soon as it announces itself and before anything is kept for it.
package struct RESPLimits: Equatable, Sendable {
    /// Deepest nesting that `maximumDepth` can ask for; more is treated as this.
    package static let deepestNesting = 32

    /// Bytes of one reply, its attributes and line ends included.
    package let maximumByteCount: Int
    /// Open arrays, maps, sets, pushes and attributes at one time; a reply that is none of these has depth 0. At most `deepestNesting`.
    package let maximumDepth: Int
    /// Elements of all arrays, maps, sets, pushes and attributes of one reply together; a map's entry counts as two.
    package let maximumElements: Int

    /// Limits below 0 are treated as 0.
    package init(maximumByteCount: Int, maximumDepth: Int = 8, maximumElements: Int = 65_536) {
        self.maximumByteCount = max(maximumByteCount, 0)
        self.maximumDepth = min(max(maximumDepth, 0), Self.deepestNesting)
        self.maximumElements = max(maximumElements, 0)
    }
}
