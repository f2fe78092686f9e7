package import NIOCore

/// A message taken apart again, for those who look on.
extension Publication {
    /// The event's name as a JSON string, and the payload as it was posted; nil never happens to what `EventFrame` has written.
    package var parts: (event: [UInt8], payload: ByteBuffer)? {
        let packet = self.packet
        let bytes = packet.readableBytesUInt8Span
        // 42["…",…]
        let start = 3
        guard bytes.count > start, bytes[start] == UInt8(ascii: "\"") else { return nil }
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end + 2 < bytes.count else { return nil }
        var event: [UInt8] = []
        for index in start...end { event.append(bytes[index]) }
        guard let payload = packet.getSlice(at: packet.readerIndex + end + 2, length: bytes.count - end - 3) else { return nil }
        return (event, payload)
    }
}
