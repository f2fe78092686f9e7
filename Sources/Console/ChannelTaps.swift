package import Broadcast
package import NIOCore

/// The taps of one loop. Each ends when nobody has asked for a while. Confined to its loop.
package final class ChannelTaps {
    package enum Answer: Sendable, Equatable {
        case messages(json: [UInt8])
        /// So many channels are tapped already that this one is not.
        case tooMany
    }

    package static let maximumTaps = 16
    package static let patience = TimeAmount.seconds(10)

    private let shard: LoopShard
    private var taps: [ChannelName: ChannelTap] = [:]

    package init(shard: LoopShard) {
        self.shard = shard
    }

    package var count: Int { self.taps.count }

    /// What has passed since message `after`; the first call of all begins the tap. Called on this loop.
    package func look(at channel: ChannelName, after: Int) -> Answer {
        let end = self.shard.eventLoop.now + Self.patience
        if let tap = self.taps[channel] {
            tap.end = end
            return .messages(json: tap.json(after: after))
        }
        guard self.taps.count < Self.maximumTaps else { return .tooMany }
        let tap = ChannelTap(channel: channel, eventLoop: self.shard.eventLoop, end: end)
        self.taps[channel] = tap
        self.shard.subscribe(tap, to: channel)
        self.wait(for: tap)
        return .messages(json: tap.json(after: after))
    }

    private func wait(for tap: ChannelTap) {
        self.shard.eventLoop.assumeIsolated().scheduleTask(deadline: tap.end) {
            guard self.shard.eventLoop.now >= tap.end else { return self.wait(for: tap) }
            self.shard.unsubscribe(tap, from: tap.channel)
            self.taps[tap.channel] = nil
        }
    }
}

@available(*, unavailable) extension ChannelTaps: Sendable {}
