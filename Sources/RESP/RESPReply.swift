/// Where one complete value lies in the bytes that `RESPReader` was given.
package struct RESPReply: Equatable, Sendable {
    /// The value with its type's byte and its last line end, without the attributes before it.
    package let value: Range<Int>
    /// Whether it is a push of RESP3: not the answer to any command. RESP2 sends what subscriptions bring as plain arrays: there it
    /// depends on the connection what an array is, and `RESPPubSubEvent.read` tells messages by their first element.
    package let isPush: Bool

    /// Bytes to drop before the next reply, attributes included.
    package var byteCount: Int { self.value.upperBound }

    package init(value: Range<Int>, isPush: Bool) {
        self.value = value
        self.isPush = isPush
    }
}
