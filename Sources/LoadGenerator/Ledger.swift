import Histogram

/// Who has received what. Exact about what is lost, doubled or out of order, at a few bytes a subscriber and a message.
struct Ledger {
    /// The messages of a channel in the order in which some subscriber was the first to receive them.
    private struct Channel {
        var order: [Int32] = []
        var subscribers = 0
    }

    private struct Message {
        let channel: Int
        let expected: Int
        var received = 0
    }

    private var channels: [Channel]
    private var messages: [Message] = []
    /// Of each subscriber: its channel and how many of the channel's messages it has received.
    private var subscribers: [(channel: Int, position: Int)] = []
    /// Nanoseconds.
    private(set) var latencies = Histogram<UInt64>(highestTrackableValue: Self.longestLatency, numberOfSignificantValueDigits: .three)
    /// A longer one counts as this: the histogram would leave it out.
    private static let longestLatency: UInt64 = 600_000_000_000
    private(set) var delivered = 0
    /// Messages that everybody has received.
    private(set) var completed = 0
    private(set) var outOfOrder = 0

    init(channels: Int) {
        self.channels = Array(repeating: Channel(), count: channels)
    }

    var published: Int { self.messages.count }
    var expected: Int { self.messages.reduce(0) { $0 + $1.expected } }
    var lost: Int { self.messages.reduce(0) { $0 + max($1.expected - $1.received, 0) } }
    var doubled: Int { self.messages.reduce(0) { $0 + max($1.received - $1.expected, 0) } }

    /// - Returns: the subscriber's number.
    mutating func addSubscriber(of channel: Int) -> Int {
        self.subscribers.append((channel, 0))
        self.channels[channel].subscribers += 1
        return self.subscribers.count - 1
    }

    /// The subscriber has gone: nothing more is expected to reach it.
    mutating func removeSubscriber(_ subscriber: Int) {
        self.channels[self.subscribers[subscriber].channel].subscribers -= 1
    }

    /// - Returns: the message's number.
    mutating func addMessage(to channel: Int) -> Int {
        self.messages.append(Message(channel: channel, expected: self.channels[channel].subscribers))
        return self.messages.count - 1
    }

    /// It was not accepted: nobody gets it.
    mutating func refuse(_ number: Int) {
        self.messages[number] = Message(channel: self.messages[number].channel, expected: 0)
    }

    /// - Returns: whether this was the last one that the message was for.
    mutating func receive(_ number: Int, by subscriber: Int, latency: UInt64) -> Bool {
        guard self.messages.indices.contains(number) else { return false }
        self.delivered += 1
        self.latencies.record(min(latency, Self.longestLatency))
        let (channel, position) = self.subscribers[subscriber]
        self.subscribers[subscriber].position = position + 1
        if position == self.channels[channel].order.count {
            self.channels[channel].order.append(Int32(truncatingIfNeeded: number))
        } else if self.channels[channel].order[position] != Int32(truncatingIfNeeded: number) {
            self.outOfOrder += 1
        }
        self.messages[number].received += 1
        guard self.messages[number].received == self.messages[number].expected else { return false }
        self.completed += 1
        return true
    }
}
