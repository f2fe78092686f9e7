import Broadcast

/// Which channels a node hears, and how far it has heard each of them (contract 10): a value without I/O, driven by the backplane on its
/// thread. Times are milliseconds of one clock that never goes back.
///
/// Every read of a position travels on the connection that also brings the messages, behind which Redis puts its answer: by then every
/// message up to that position has arrived, or will never arrive.
struct FollowedChannels {
    /// What is to be done, in order.
    enum Action: Equatable {
        /// To be followed by reads of their positions on the same connection.
        case subscribe([ChannelName])
        case unsubscribe([ChannelName])
        case readPositions([ChannelName])
        /// The messages of all nodes arrive from now on.
        case confirm(ChannelName)
        /// Messages before the next one may be missing.
        case announceGap(ChannelName)
    }

    /// What to do with a message that has arrived.
    enum Verdict: Equatable {
        case deliver
        case deliverAfterGap
        /// It was delivered before.
        case duplicate
        /// Nobody here wants it.
        case unwanted
    }

    private enum Phase {
        /// There is no connection.
        case unsubscribed
        /// Redis was asked, and the position behind that was not read yet.
        case subscribing
        case live
    }

    private struct Channel {
        var phase = Phase.unsubscribed
        var isWanted = true
        /// When nobody wants it: how long it is kept in case that somebody comes back.
        var leavesAt: Int64 = .max
        /// Of the latest message that was delivered, or that existed when it was asked for.
        var position: Position?
        /// An epoch that is over: what still comes from it is old.
        var pastEpoch: UInt64?
        /// Subscribers may rely on hearing everything since: what is missed then is a gap. Not for those who have only asked.
        var promisedFrom: Int64
        var heardAt: Int64
        /// Redis has begun anew since its position was read last.
        var isForgotten = false
        /// Tells it from one of the same name that was given up before.
        let number: UInt64
    }

    /// How long a channel without subscribers is kept.
    static let linger: Int64 = 10_000
    /// A channel that was quiet for so long has its position compared with Redis'.
    static let quiet: Int64 = 10_000
    /// A subscriber is told that it may miss something, and not kept waiting, after so long.
    static let patience: Int64 = 2_000

    private var channels: [ChannelName: Channel] = [:]
    /// All of them in the order in which they came, and some that were given up since.
    private var order: [(name: ChannelName, number: UInt64)] = []
    private var lastNumber: UInt64 = 0
    private var isConnected = false
    /// What Redis had in memory at the last connection.
    private var life: [UInt8]?
    /// Channels that are looked at one after the other, all within `quiet`.
    private var round: [ChannelName] = []
    private var roundBegan = -Self.quiet
    private var roundSize = 0

    var count: Int { self.channels.count }

    func position(of channel: ChannelName) -> Position? {
        self.channels[channel]?.position
    }

    /// Whether messages of all nodes arrive.
    func isLive(_ channel: ChannelName) -> Bool {
        self.channels[channel]?.phase == .live
    }

    // MARK: - Interest

    /// Somebody has subscribed here, or left.
    /// - Parameter wanted: those for whom there is a subscriber now, and the others.
    mutating func interest(in wanted: [(channel: ChannelName, exists: Bool)], now: Int64) -> [Action] {
        var actions: [Action] = []
        var new: [ChannelName] = []
        for (name, exists) in wanted {
            guard var channel = self.channels[name] else {
                guard exists else { continue }
                self.lastNumber += 1
                self.order.append((name, self.lastNumber))
                var channel = Channel(promisedFrom: now + Self.patience, heardAt: now, number: self.lastNumber)
                if self.isConnected {
                    channel.phase = .subscribing
                    new.append(name)
                }
                self.channels[name] = channel
                continue
            }
            channel.isWanted = exists
            channel.leavesAt = exists ? .max : min(channel.leavesAt, now + Self.linger)
            self.channels[name] = channel
            if exists, channel.phase == .live { actions.append(.confirm(name)) }
        }
        if !new.isEmpty { actions.append(.subscribe(new)) }
        return actions
    }

    // MARK: - The connection

    /// - Parameter life: something that Redis loses together with all positions: where neither was published before nor after a break, only
    ///   this tells whether it was between them.
    mutating func connected(life: [UInt8], now: Int64) -> [Action] {
        self.isConnected = true
        let hasForgotten = self.life.map { $0 != life } ?? false
        self.life = life
        // Those that nobody wants any more are not taken along.
        self.channels = self.channels.filter { $0.value.isWanted }
        let names = self.namesInOrder()
        for name in names {
            self.channels[name]?.phase = .subscribing
            if hasForgotten { self.channels[name]?.isForgotten = true }
        }
        return names.isEmpty ? [] : [.subscribe(names)]
    }

    /// Always the same order for the same history, which a dictionary's is not.
    private mutating func namesInOrder() -> [ChannelName] {
        self.order.removeAll { self.channels[$0.name]?.number != $0.number }
        return self.order.map(\.name)
    }

    mutating func disconnected() {
        self.isConnected = false
        self.round = []
        for name in self.channels.keys { self.channels[name]?.phase = .unsubscribed }
    }

    // MARK: - What Redis says

    /// A message of a channel.
    mutating func received(_ position: Position, in name: ChannelName, now: Int64) -> Verdict {
        guard var channel = self.channels[name] else { return .unwanted }
        let verdict = Self.judge(position, after: channel, now: now)
        if verdict != .duplicate {
            if let known = channel.position, known.epoch != position.epoch { channel.pastEpoch = known.epoch }
            channel.position = position
            channel.heardAt = now
            self.channels[name] = channel
        }
        return channel.isWanted || verdict == .duplicate ? verdict : .unwanted
    }

    private static func judge(_ position: Position, after channel: Channel, now: Int64) -> Verdict {
        let isPromised = now >= channel.promisedFrom
        guard let known = channel.position else {
            // Live and never published to, so the first one is the first.
            let isFirst = channel.phase == .live && position.offset == 1
            return isFirst || !isPromised ? .deliver : .deliverAfterGap
        }
        if position.epoch == known.epoch {
            guard position.offset > known.offset else { return .duplicate }
            return position.offset == known.offset + 1 ? .deliver : .deliverAfterGap
        }
        guard position.epoch != channel.pastEpoch else { return .duplicate }
        // Redis has forgotten the channel while nothing was missed.
        return position.offset == 1 && channel.phase == .live ? .deliver : .deliverAfterGap
    }

    /// Redis' latest position of a channel, in line with the channel's messages.
    /// - Parameter latest: nil if there is none.
    mutating func read(_ latest: Position?, of name: ChannelName, now: Int64) -> [Action] {
        guard var channel = self.channels[name], channel.phase != .unsubscribed else { return [] }
        var actions: [Action] = []
        let isNew = channel.phase == .subscribing
        // A key that is gone tells nothing while everything was heard; after a break it is a change.
        let hasMissed = isNew ? latest != channel.position || channel.isForgotten : latest != nil && latest != channel.position
        // Who has heard something relies on hearing what follows, promised or not.
        if hasMissed, channel.isWanted, now >= channel.promisedFrom || channel.position != nil { actions.append(.announceGap(name)) }
        if let known = channel.position, known.epoch != latest?.epoch { channel.pastEpoch = known.epoch }
        channel.position = latest
        channel.heardAt = now
        channel.phase = .live
        channel.isForgotten = false
        channel.promisedFrom = min(channel.promisedFrom, now)
        self.channels[name] = channel
        if isNew { actions.append(.confirm(name)) }
        return actions
    }

    // MARK: - Time

    /// Called often; looks at a part of the channels each time.
    /// - Returns: what to do, and the channels whose counts are to be told again.
    mutating func tick(now: Int64) -> (actions: [Action], counted: [ChannelName]) {
        guard self.isConnected else { return ([], []) }
        if self.round.isEmpty, now - self.roundBegan >= Self.quiet {
            self.round = self.namesInOrder()
            self.roundSize = self.round.count
            self.roundBegan = now
        }
        // As many as belong to the time since the round began, so that they are spread over it.
        let elapsed = min(now - self.roundBegan, Self.quiet)
        let looked = self.roundSize - self.round.count
        let due = Int(Int64(self.roundSize) * elapsed / Self.quiet) - looked
        var left: [ChannelName] = []
        var read: [ChannelName] = []
        var counted: [ChannelName] = []
        for name in self.round.suffix(max(due, 0)) {
            guard let channel = self.channels[name], channel.phase == .live else { continue }
            if now >= channel.leavesAt {
                left.append(name)
                self.channels[name] = nil
            } else if channel.isWanted {
                counted.append(name)
                if now - channel.heardAt >= Self.quiet { read.append(name) }
            }
        }
        self.round.removeLast(max(due, 0))
        var actions: [Action] = []
        if !left.isEmpty { actions.append(.unsubscribe(left)) }
        if !read.isEmpty { actions.append(.readPositions(read)) }
        return (actions, counted)
    }
}
