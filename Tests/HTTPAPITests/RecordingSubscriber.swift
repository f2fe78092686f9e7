import Broadcast
import NIOCore

/// Remembers the packets that it was sent.
final class RecordingSubscriber: Subscriber {
    private(set) var packets: [String] = []

    override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        self.packets += batch.publications[first...].map { String(buffer: $0.packet) }
    }
}
