import NIOCore

/// The buffer that a loop's answers are written into, one after the other. When the previous answer has left the process its storage is used
/// again; while somebody still holds it, a new one is made. Confined to its loop.
package final class ResponseScratch {
    /// A larger buffer is let go after its answer.
    private static let keptCapacity = 65_536

    private var buffer = ByteBuffer()

    package init() {}

    /// Fills a buffer with one answer. A nested call gets a buffer of its own.
    func fill(capacity: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var filled = ByteBuffer()
        swap(&filled, &self.buffer)
        filled.clear(minimumCapacity: capacity)
        write(&filled)
        if filled.capacity <= Self.keptCapacity {
            self.buffer = filled
        }
        return filled
    }
}

@available(*, unavailable) extension ResponseScratch: Sendable {}
