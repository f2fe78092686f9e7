/// What was published, accepted, subscribed to and received, and every rule of contract 1 and 3 that can be checked on it. All times are the
/// clock's sequence numbers. The order of a channel is the order in which its messages were accepted: on one thread there is no doubt.
final class Ledger {
    struct Message {
        let channel: Int
        let body: [UInt8]
        /// When the server wrote its 200; nil before, and for ever if it was refused.
        var acceptedAt: UInt64?
        /// Index in its channel's order.
        var place = 0
        /// As the 200 says.
        var subscribers = 0
        var deliveries = 0
    }

    struct Channel {
        /// Numbers of the accepted messages.
        var order: [Int] = []
        var subscriptions: [Subscription] = []
        /// Those of them that may not have ended.
        var open: [Subscription] = []
    }

    private let clock: VirtualClock
    private(set) var messages: [Message] = []
    private(set) var channels: [Channel]
    /// What broke, the first of it first.
    private(set) var violations: [String] = []
    private(set) var deliveries = 0
    /// When last there was nothing accepted and not fanned out.
    private var drainedAt: UInt64 = 0
    private var stamp = 0

    init(channels: Int, clock: VirtualClock) {
        self.clock = clock
        self.channels = Array(repeating: Channel(), count: channels)
    }

    func violated(_ text: @autoclosure () -> String) {
        if self.violations.count < 8 { self.violations.append("\(self.clock.milliseconds) ms: \(text())") }
    }

    // MARK: - Publishing

    /// - Returns: the message's number.
    func makeMessage(channel: Int, padding: Int) -> Int {
        let number = self.messages.count
        var body = Array("{\"m\":\(number),\"c\":\(channel),\"x\":\"".utf8)
        body += repeatElement(UInt8(ascii: "x"), count: padding)
        body += "\"}".utf8
        self.messages.append(Message(channel: channel, body: body))
        return number
    }

    /// The server writes a 200. Contract 1: `subscribers` is how many subscriptions it was queued for at that moment.
    func accepted(_ number: Int, subscribers: Int) {
        let channel = self.messages[number].channel
        self.messages[number].acceptedAt = self.clock.sequence()
        self.messages[number].place = self.channels[channel].order.count
        self.messages[number].subscribers = subscribers
        self.channels[channel].order.append(number)
        var certain = 0, possible = 0
        self.stamp += 1
        self.channels[channel].open.removeAll { $0.hasEnded }
        for subscription in self.channels[channel].open where subscription.isPossible {
            if subscription.isCertain { certain += 1 }
            if subscription.record.stamp != self.stamp {
                subscription.record.stamp = self.stamp
                possible += 1
            }
        }
        if !(certain...max(possible, certain)).contains(subscribers) {
            self.violated("message \(number) of channel \(channel) was queued for \(subscribers), expected \(certain) to \(possible)")
        }
    }

    func noteDrained() {
        self.drainedAt = self.clock.sequence()
    }

    private static let eventHead = Array("42[\"e\",".utf8)

    func isIntact(_ number: Int, _ packet: ArraySlice<UInt8>) -> Bool {
        guard number < self.messages.count else { return false }
        let head = Self.eventHead, body = self.messages[number].body
        return packet.count == head.count + body.count + 1 && packet.starts(with: head) && packet.last == UInt8(ascii: "]")
            && packet.dropFirst(head.count).dropLast() == body[...]
    }

    // MARK: - Subscribing

    func makeSubscription(_ record: SessionRecord, channel: Int) -> Subscription {
        let subscription = Subscription(record: record, channel: channel)
        self.channels[channel].subscriptions.append(subscription)
        self.channels[channel].open.append(subscription)
        record.subscriptions.append(subscription)
        return subscription
    }

    /// The request has reached the server: from here on messages may be for it.
    func subscribeArrived(_ subscription: Subscription) {
        subscription.mayFrom = self.channels[subscription.channel].order.count
    }

    /// The server writes the acknowledgement: from here on messages must be for it. Subscribing twice is once.
    func subscribeAcknowledged(_ subscription: Subscription, isRefusal: Bool) {
        let isRepeated = subscription.record.subscriptions.contains {
            $0 !== subscription && $0.channel == subscription.channel && $0.mustFrom != nil && !$0.isLeft
        }
        if isRefusal || isRepeated {
            subscription.isVoid = true
            subscription.record.subscriptions.removeAll { $0 === subscription }
        } else {
            subscription.mustFrom = self.channels[subscription.channel].order.count
        }
    }

    /// What was fanned out before this must have been delivered before the subscription's end.
    func leaveArrived(_ subscription: Subscription) {
        let order = self.channels[subscription.channel].order
        subscription.isLeaving = true
        subscription.mustUntil = order.count - order.reversed().prefix { self.messages[$0].acceptedAt ?? 0 > self.drainedAt }.count
    }

    /// The client has read that it has left: nothing follows, and nothing is missing.
    func left(_ subscription: Subscription) {
        subscription.hasLeft = true
        subscription.record.subscriptions.removeAll { $0 === subscription }
        let next = subscription.next ?? subscription.mustFrom ?? 0
        if let until = subscription.mustUntil, next < until {
            self.violated("\(subscription) left with \(next), although \(until) had been fanned out before it asked")
        }
    }

    // MARK: - Receiving

    /// The client has read an event.
    func delivered(_ number: Int, to record: SessionRecord) {
        guard number < self.messages.count, self.messages[number].acceptedAt != nil else {
            return self.violated("session \(record.number) received message \(number), which was never accepted")
        }
        self.deliveries += 1
        self.messages[number].deliveries += 1
        let message = self.messages[number]
        guard let subscription = record.subscriptions.first(where: { $0.channel == message.channel && $0.isHeard }) else {
            return self.violated(
                "session \(record.number) received message \(number) of channel \(message.channel) outside of a subscription")
        }
        if let next = subscription.next {
            if message.place < next { self.violated("\(subscription) received place \(message.place) again or late, after \(next - 1)") }
            if message.place > next { self.violated("\(subscription) missed places \(next) to \(message.place - 1)") }
        } else {
            if message.place < subscription.mayFrom ?? .max {
                self.violated("\(subscription) received place \(message.place), from before it subscribed")
            }
            if message.place > subscription.mustFrom ?? 0 {
                self.violated("\(subscription) missed places \(subscription.mustFrom ?? 0) to \(message.place - 1)")
            }
            subscription.first = message.place
        }
        subscription.next = message.place + 1
    }

    /// Nothing is under way any more: a connection that is up has everything.
    func checkUpToDate(_ record: SessionRecord) {
        for subscription in record.subscriptions where subscription.isHeard && !subscription.isLeaving {
            let count = self.channels[subscription.channel].order.count
            let next = subscription.next ?? subscription.mustFrom ?? 0
            if next < count { self.violated("\(subscription) is up and has not received places \(next) to \(count - 1)") }
        }
    }

    /// At the end: each 200's number is what was delivered, but for those who had left or were cut off.
    func checkCounts() {
        for (index, channel) in self.channels.enumerated() {
            for (place, number) in channel.order.enumerated() {
                let message = self.messages[number]
                let excused = channel.subscriptions.count { $0.couldHaveBeenCounted(at: place) && !$0.hasReceived(place) }
                if message.deliveries > message.subscribers || message.deliveries + excused < message.subscribers {
                    self.violated(
                        "message \(number) of channel \(index) was queued for \(message.subscribers), reached \(message.deliveries),"
                            + " and \(excused) more left or were cut")
                }
            }
        }
    }
}
