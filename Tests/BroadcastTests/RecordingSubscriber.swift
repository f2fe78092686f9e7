import Broadcast
import NIOCore

/// Takes every batch as one WebSocket and one long-poller would, and remembers both.
final class RecordingSubscriber: Subscriber {
    private var unflushed: [UInt8] = []
    private(set) var frameBytes: [UInt8] = []
    private(set) var packets: [String] = []
    private(set) var writes = 0
    private(set) var flushes = 0

    override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        self.writes += 1
        let frames = batch.frames(from: first)
        self.unflushed += frames.getBytes(at: frames.readerIndex, length: frames.readableBytes) ?? []
        for publication in batch.publications[first...] {
            self.packets.append(String(buffer: publication.packet))
        }
        if isLast { self.flushDeliveries() }
    }

    override func flushDeliveries() {
        self.flushes += 1
        self.frameBytes += self.unflushed
        self.unflushed = []
    }

    /// The texts of the frames that were flushed.
    var texts: [String] {
        var texts: [String] = []
        var bytes = self.frameBytes[...]
        while let first = bytes.first, first == 0x81, bytes.count >= 2 {
            var header = 2
            var count = Int(bytes[bytes.startIndex + 1])
            let lengthBytes = count == 126 ? 2 : count == 127 ? 8 : 0
            if lengthBytes > 0 {
                count = bytes.dropFirst(2).prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
                header += lengthBytes
            }
            texts.append(String(decoding: bytes.dropFirst(header).prefix(count), as: UTF8.self))
            bytes = bytes.dropFirst(header + count)
        }
        return texts
    }
}
