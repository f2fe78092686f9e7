/// What `RESPReader.advance` found.
package enum RESPProgress: Equatable, Sendable {
    /// The reply is not whole; it cannot be before there are so many bytes from its beginning. Of a string that is on its way this is where
    /// the string ends, so a caller that waits for it looks at it once more, not once for every part.
    case needsMore(byteCount: Int)
    /// The reply is whole.
    case reply(RESPReply)
}
