import Broadcast
import TestSupport

@testable import Backplane

/// Several nodes over one made-up Redis, in virtual time and from one seed: connections carry everything in order, with delays of their own,
/// and break; single messages are lost or come twice; Redis forgets. The nodes' `FollowedChannels` are the product's.
struct SimulatedCluster {
    /// What a subscriber has got.
    enum Entry: Equatable {
        case message(Int)
        case gap
    }

    struct Subscriber {
        let node: Int
        let channel: Int
        var entries: [Entry] = []
        /// Places in the channel's order: from the acknowledgement to the end.
        var mustFrom: Int?
        var mustUntil: Int?
        let joinedAt: Int64
        let mayFrom: Int
    }

    /// A bug on purpose, which the checks have to find.
    enum Flaw: CaseIterable {
        case announcesNothing, deliversTwice, looksOnlyAtMessages
    }

    private enum Request {
        case subscribe(Int), unsubscribe(Int), readPosition(Int)
    }

    private enum Reply {
        case message(channel: Int, Position, number: Int)
        case position(channel: Int, Position?)
    }

    /// One node and its connection.
    private struct Node {
        var followed = FollowedChannels()
        var isConnected = false
        var connectsAt: Int64 = 0
        var requests: [(at: Int64, Request)] = []
        var replies: [(at: Int64, Reply)] = []
        /// What Redis knows this connection to be subscribed to.
        var subscribed: Set<Int> = []
    }

    private static let channelCount = 3
    private static let names = (0..<Self.channelCount).map { ChannelName(Array("c\($0)".utf8)) }

    private var generator: SeededGenerator
    private let flaw: Flaw?
    private var now: Int64 = 0
    private var nodes: [Node]
    private var positions: [Position?] = Array(repeating: nil, count: Self.channelCount)
    private var lastEpoch: UInt64 = 0
    private var life: UInt8 = 1
    private var hasFaults = true
    /// Single messages are lost, which no connection does; else Redis forgets now and then. Both together nobody could notice: the position
    /// that would tell of the loss is forgotten.
    private let losesMessages: Bool
    /// Numbers of the messages, in the order that Redis gave them.
    private var orders: [[Int]] = Array(repeating: [], count: Self.channelCount)
    private var messages = 0
    private(set) var subscribers: [Subscriber] = []
    private(set) var faults = 0
    private(set) var losses = 0

    init(seed: UInt64, flaw: Flaw? = nil) {
        self.generator = SeededGenerator(seed: seed)
        self.flaw = flaw
        self.losesMessages = seed % 2 == 0
        self.nodes = (0..<3).map { _ in Node() }
    }

    /// Runs for a minute, heals, and lets what is quiet be compared.
    mutating func run() {
        while self.now < 60_000 { self.step() }
        self.hasFaults = false
        while self.now < 90_000 { self.step() }
    }

    private mutating func happens(_ perMille: Int) -> Bool { Int.random(in: 0..<1_000, using: &self.generator) < perMille }
    private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self.generator) }

    private mutating func step() {
        self.now += 20
        if self.hasFaults {
            // Quiet times too, in which a loss is found by looking only.
            let isQuiet = self.now % 30_000 >= 15_000
            if !isQuiet, self.happens(600) { self.publish(self.below(Self.channelCount)) }
            if self.happens(30), self.subscribers.count < 60 { self.join() }
            if self.happens(15) { self.leave() }
            if !isQuiet { self.fault() }
        }
        for index in self.nodes.indices { self.turn(index) }
        self.acknowledgeLate()
    }

    // MARK: - Redis

    private mutating func publish(_ channel: Int) {
        let position: Position
        if let last = self.positions[channel] {
            position = Position(epoch: last.epoch, offset: last.offset + 1)
        } else {
            self.lastEpoch += 1
            position = Position(epoch: self.lastEpoch, offset: 1)
        }
        self.positions[channel] = position
        self.orders[channel].append(self.messages)
        for index in self.nodes.indices where self.nodes[index].subscribed.contains(channel) {
            if self.hasFaults, self.losesMessages, self.happens(30) { continue }
            self.reply(.message(channel: channel, position, number: self.messages), to: index)
            if self.hasFaults, self.happens(20) { self.reply(.message(channel: channel, position, number: self.messages), to: index) }
        }
        self.messages += 1
    }

    private mutating func reply(_ reply: Reply, to index: Int) {
        let at = max(self.nodes[index].replies.last?.at ?? 0, self.now + Int64(self.below(100)))
        self.nodes[index].replies.append((at, reply))
    }

    private mutating func fault() {
        if self.happens(8) {
            self.faults += 1
            self.cut(self.below(self.nodes.count))
        }
        if !self.losesMessages, self.happens(1) {
            self.faults += 1
            self.positions = Array(repeating: nil, count: Self.channelCount)
            self.life += 1
            // A Redis that starts anew has cut everybody off; one that was emptied has not.
            if self.happens(500) { for index in self.nodes.indices { self.cut(index) } }
        }
    }

    private mutating func cut(_ index: Int) {
        guard self.nodes[index].isConnected else { return }
        self.nodes[index].isConnected = false
        self.nodes[index].requests = []
        self.nodes[index].replies = []
        self.nodes[index].subscribed = []
        self.nodes[index].connectsAt = self.now + Int64(self.below(4_000))
        self.nodes[index].followed.disconnected()
    }

    // MARK: - Nodes

    private mutating func turn(_ index: Int) {
        if !self.nodes[index].isConnected {
            guard self.now >= self.nodes[index].connectsAt else { return }
            self.nodes[index].isConnected = true
            self.perform(self.nodes[index].followed.connected(life: [self.life], now: self.now), on: index)
        }
        while let (at, request) = self.nodes[index].requests.first, at <= self.now {
            self.nodes[index].requests.removeFirst()
            switch request {
            case .subscribe(let channel): self.nodes[index].subscribed.insert(channel)
            case .unsubscribe(let channel): self.nodes[index].subscribed.remove(channel)
            case .readPosition(let channel): self.reply(.position(channel: channel, self.positions[channel]), to: index)
            }
        }
        while let (at, reply) = self.nodes[index].replies.first, at <= self.now {
            self.nodes[index].replies.removeFirst()
            self.take(reply, on: index)
        }
        self.perform(self.nodes[index].followed.tick(now: self.now).actions, on: index)
    }

    private mutating func take(_ reply: Reply, on index: Int) {
        switch reply {
        case .position(let channel, let position):
            self.perform(self.nodes[index].followed.read(position, of: Self.names[channel], now: self.now), on: index)
        case .message(let channel, let position, let number):
            switch self.nodes[index].followed.received(position, in: Self.names[channel], now: self.now) {
            case .deliver: self.deliver(.message(number), channel, on: index)
            case .deliverAfterGap:
                self.perform([.announceGap(Self.names[channel])], on: index)
                self.deliver(.message(number), channel, on: index)
            case .duplicate: if self.flaw == .deliversTwice { self.deliver(.message(number), channel, on: index) }
            case .unwanted: break
            }
        }
    }

    private mutating func perform(_ actions: [FollowedChannels.Action], on index: Int) {
        for action in actions {
            switch action {
            case .subscribe(let names):
                for name in names { self.ask([.subscribe(Self.index(name)), .readPosition(Self.index(name))], of: index) }
            case .unsubscribe(let names): for name in names { self.ask([.unsubscribe(Self.index(name))], of: index) }
            case .readPositions(let names):
                if self.flaw != .looksOnlyAtMessages { for name in names { self.ask([.readPosition(Self.index(name))], of: index) } }
            case .confirm(let name): self.confirm(Self.index(name), on: index)
            case .announceGap(let name): if self.flaw != .announcesNothing { self.deliver(.gap, Self.index(name), on: index) }
            }
        }
    }

    private static func index(_ name: ChannelName) -> Int { self.names.firstIndex(of: name) ?? 0 }

    private mutating func ask(_ requests: [Request], of index: Int) {
        for request in requests {
            let at = max(self.nodes[index].requests.last?.at ?? 0, self.now + Int64(self.below(100)))
            self.nodes[index].requests.append((at, request))
        }
    }

    // MARK: - Subscribers

    private func isOpen(_ subscriber: Subscriber, _ channel: Int, _ node: Int) -> Bool {
        subscriber.channel == channel && subscriber.node == node && subscriber.mustUntil == nil
    }

    private mutating func deliver(_ entry: Entry, _ channel: Int, on node: Int) {
        for index in self.subscribers.indices where self.isOpen(self.subscribers[index], channel, node) {
            self.subscribers[index].entries.append(entry)
        }
    }

    private mutating func join() {
        let node = self.below(self.nodes.count), channel = self.below(Self.channelCount)
        var subscriber = Subscriber(node: node, channel: channel, joinedAt: self.now, mayFrom: self.orders[channel].count)
        if self.nodes[node].followed.isLive(Self.names[channel]) { subscriber.mustFrom = self.orders[channel].count }
        self.subscribers.append(subscriber)
        self.perform(self.nodes[node].followed.interest(in: [(Self.names[channel], true)], now: self.now), on: node)
    }

    private mutating func leave() {
        guard let index = self.subscribers.indices.filter({ self.subscribers[$0].mustUntil == nil }).randomElement(using: &self.generator)
        else {
            return
        }
        let (node, channel) = (self.subscribers[index].node, self.subscribers[index].channel)
        // What is under way to it need not arrive: it is judged by what it has got.
        self.subscribers[index].mustUntil = 0
        let isWanted = self.subscribers.contains { self.isOpen($0, channel, node) }
        self.perform(self.nodes[node].followed.interest(in: [(Self.names[channel], isWanted)], now: self.now), on: node)
    }

    private mutating func confirm(_ channel: Int, on node: Int) {
        for index in self.subscribers.indices
        where self.isOpen(self.subscribers[index], channel, node) && self.subscribers[index].mustFrom == nil {
            self.subscribers[index].mustFrom = self.orders[channel].count
        }
    }

    /// Who has waited for two seconds is acknowledged, and told of a gap.
    private mutating func acknowledgeLate() {
        for index in self.subscribers.indices where self.subscribers[index].mustFrom == nil && self.subscribers[index].mustUntil == nil {
            let subscriber = self.subscribers[index]
            guard self.now - subscriber.joinedAt >= FollowedChannels.patience else { continue }
            self.subscribers[index].mustFrom = self.orders[subscriber.channel].count
            self.subscribers[index].entries.append(.gap)
        }
    }

    // MARK: - Judgement

    /// The first thing that is wrong; nil if nothing is. Counts what was lost.
    mutating func verdict() -> String? {
        for (index, subscriber) in self.subscribers.enumerated() {
            let order = self.orders[subscriber.channel]
            var next: Int?
            var hasGap = false
            for entry in subscriber.entries {
                guard case .message(let number) = entry, let place = order.firstIndex(of: number) else {
                    hasGap = true
                    continue
                }
                if let next, place < next { return "\(index) got place \(place) after \(next - 1)" }
                let expected = next ?? subscriber.mustFrom ?? place
                if place > expected, !hasGap { return "\(index) missed \(expected) to \(place - 1) and was not told" }
                self.losses += max(place - expected, 0)
                next = place + 1
                hasGap = false
            }
            guard subscriber.mustUntil == nil, let expected = next ?? subscriber.mustFrom else { continue }
            if expected < order.count, !hasGap { return "\(index) missed \(expected) to \(order.count - 1) at the end and was not told" }
            self.losses += order.count - expected
        }
        return nil
    }
}
