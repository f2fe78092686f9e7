package import NIOCore

/// Consecutive messages of one channel as one fan-out pass writes them: joined into one buffer for WebSockets, apart for long-polling.
/// One a loop, refilled for each pass. Confined to its loop.
public final class FanOutBatch {
    /// Messages are joined up to this size; a bigger one goes alone.
    static let maximumJoinedBytes = 256 * 1024
    /// From this size on a lone message is shared between the loops as it is. Below, each loop copies it: two loops that count
    /// references of one object for every receiver cost each other more than the copy.
    private static let sharedFromBytes = 32 * 1024

    package private(set) var publications: [Publication] = []
    private var offsets: [Int] = []
    /// All frames in order. Its storage is used again as soon as nobody is behind.
    private var joined: ByteBuffer
    private(set) var firstSequence: UInt64 = 0
    private(set) var lastSequence: UInt64 = 0

    init(allocator: ByteBufferAllocator) {
        self.joined = allocator.buffer(capacity: 4096)
    }

    /// Takes as many posts from `start` on as fit. Returns the index of the first that is left.
    func fill(from posts: [Mailbox.Post], startingAt start: Int) -> Int {
        self.publications.removeAll(keepingCapacity: true)
        self.offsets.removeAll(keepingCapacity: true)
        var end = start
        var byteCount = 0
        while end < posts.count {
            let count = posts[end].publication.byteCount
            if end > start, byteCount + count > Self.maximumJoinedBytes { break }
            self.offsets.append(byteCount)
            self.publications.append(posts[end].publication)
            byteCount += count
            end += 1
        }
        self.firstSequence = posts[start].sequence
        self.lastSequence = posts[end - 1].sequence
        if end - start == 1, byteCount >= Self.sharedFromBytes {
            self.joined = self.publications[0].frame
        } else {
            // Worked on as a local: every access of a class's property is checked for overlap.
            var joined = ByteBuffer()
            swap(&joined, &self.joined)
            joined.clear(minimumCapacity: byteCount)
            for publication in self.publications {
                joined.writeImmutableBuffer(publication.frame)
            }
            self.joined = joined
        }
        return end
    }

    /// Lets go of the messages; the buffer's storage stays for the next pass.
    func clear() {
        self.publications.removeAll(keepingCapacity: true)
    }

    var byteCount: Int { self.joined.readableBytes }

    /// The WebSocket frames from message `first` on, as one buffer.
    package func frames(from first: Int) -> ByteBuffer {
        guard first > 0, first < self.offsets.count else { return self.joined }
        var rest = self.joined
        rest.moveReaderIndex(forwardBy: self.offsets[first])
        return rest
    }

    /// Index of the first message above a subscriber's place; `publications.count` if there is none.
    func index(after place: UInt64, in posts: [Mailbox.Post], startingAt start: Int) -> Int {
        var index = 0
        while index < self.publications.count, posts[start + index].sequence <= place { index += 1 }
        return index
    }
}

@available(*, unavailable) extension FanOutBatch: Sendable {}
