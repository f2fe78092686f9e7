/// One subscription of one session, from its request to its end, as the checks see it. Places are indices in the channel's order.
final class Subscription: CustomStringConvertible {
    let record: SessionRecord
    let channel: Int
    /// No message before this place may be delivered. Set when the request has reached the server.
    var mayFrom: Int?
    /// No message from this place on may be missing. Set when the server writes the acknowledgement.
    var mustFrom: Int?
    /// The client has read the acknowledgement.
    var isHeard = false
    /// Too many channels, or there was one already: it never began.
    var isVoid = false
    /// The request to leave has been made, and has reached the server.
    var isLeaveAsked = false
    var isLeaving = false
    /// Places before this one have to be there when it ends.
    var mustUntil: Int?
    /// The server has written that it has left.
    var isLeft = false
    /// The client has read that.
    var hasLeft = false
    /// Places at the end, when known.
    var first: Int?
    var next: Int?

    init(record: SessionRecord, channel: Int) {
        self.record = record
        self.channel = channel
    }

    /// The server may count it.
    var isPossible: Bool { self.mayFrom != nil && !self.isVoid && !self.isLeft && !self.record.isOver }
    /// The server has to count it.
    var isCertain: Bool { self.mustFrom != nil && !self.isVoid && !self.isLeaving && !self.record.isOver && !self.record.isDoubtful }

    var hasEnded: Bool { self.isVoid || self.isLeft || self.record.isOver }

    func hasReceived(_ place: Int) -> Bool {
        guard let first = self.first, let next = self.next else { return false }
        return (first..<next).contains(place)
    }

    func couldHaveBeenCounted(at place: Int) -> Bool {
        guard let mayFrom = self.mayFrom, !self.isVoid, mayFrom <= place else { return false }
        // It has ended, or began in this moment.
        return self.isLeaving || self.record.isOver || self.record.isDoubtful || place < self.mustFrom ?? .max
    }

    var description: String { "session \(self.record.number) on channel \(self.channel)" }
}

/// A session, as the checks see it.
final class SessionRecord {
    let number: Int
    /// Those that are neither void nor left, in the order in which they were asked for.
    var subscriptions: [Subscription] = []
    /// The server has ended it, for certain.
    var isOver = false
    /// The server may have ended it.
    var isDoubtful = false
    /// Used for counting.
    var stamp = 0

    init(number: Int) {
        self.number = number
    }
}
