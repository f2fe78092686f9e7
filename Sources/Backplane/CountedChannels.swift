import Broadcast

/// Channels whose number of subscribers Redis is to be told: while some are on their way the next ones gather, each once however often it
/// changes. A value without I/O.
struct CountedChannels {
    /// Most that are on their way at once.
    private static let maximum = 1_000

    private var changed: Set<ChannelName> = []
    private var onTheirWay = 0

    var isBusy: Bool { self.onTheirWay > 0 }

    mutating func insert(_ channels: some Sequence<ChannelName>) {
        self.changed.formUnion(channels)
    }

    /// Those to be told now.
    mutating func take() -> [ChannelName] {
        guard self.onTheirWay == 0, !self.changed.isEmpty else { return [] }
        let channels = Array(self.changed.prefix(Self.maximum))
        if channels.count == self.changed.count { self.changed = [] } else { self.changed.subtract(channels) }
        self.onTheirWay = channels.count
        return channels
    }

    /// One was answered.
    mutating func told() {
        self.onTheirWay = max(self.onTheirWay - 1, 0)
    }

    /// The connection broke, and everything on its way with it; each is told again in time.
    mutating func lost() {
        self.onTheirWay = 0
    }
}
