package import Broadcast
import Synchronization

/// A bus that does nothing by itself: tests say what it has to say. It notes for which channels the interest has changed.
package final class SilentBus: MessageBus {
    private let noted = Mutex<[ChannelName]>([])

    package init() {}

    package var changed: [ChannelName] { self.noted.withLock { $0 } }

    package func publish(channel: ChannelName, event: [UInt8], payload: [UInt8], done: @escaping @Sendable (BusOutcome) -> Void) {
        done(.down)
    }

    package func interestChanged(in channel: ChannelName) {
        self.noted.withLock { $0.append(channel) }
    }
}
