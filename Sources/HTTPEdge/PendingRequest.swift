import NIOCore

/// A request that is being received or waits for its answer, with as much of its body as is there and wanted.
struct PendingRequest {
    let request: Request
    /// When its head was complete.
    let began: NIODeadline
    /// Who is told what becomes of it.
    var endpoint: any Endpoint
    /// How large its body may get, in bytes.
    var bodyLimit = 0
    private var body: ByteBuffer?
    private var ownsBody = false

    init(_ request: Request, endpoint: any Endpoint, began: NIODeadline) {
        self.request = request
        self.began = began
        self.endpoint = endpoint
    }

    /// Adds a part. The first is kept as it is; a second one makes a copy of both, in a buffer for the whole body if its length is known.
    /// - Returns: false if the body has passed its limit; it is not added then.
    mutating func append(_ part: ByteBuffer, allocator: ByteBufferAllocator) -> Bool {
        let gathered = self.body?.readableBytes ?? 0
        guard gathered + part.readableBytes <= self.bodyLimit else {
            self.body = nil
            return false
        }
        // Taken out, so that there is one reference to it and writing does not copy.
        guard var whole = self.body.take() else {
            self.body = part
            return true
        }
        if !self.ownsBody {
            let expected = self.request.facts.contentLength ?? (gathered + part.readableBytes) * 2
            var own = allocator.buffer(capacity: min(expected, self.bodyLimit))
            own.writeImmutableBuffer(whole)
            whole = own
            self.ownsBody = true
        }
        whole.writeImmutableBuffer(part)
        self.body = whole
        return true
    }

    /// The whole body, once.
    mutating func takeBody() -> ByteBuffer {
        let body = self.body ?? ByteBuffer()
        self.body = nil
        return body
    }
}
