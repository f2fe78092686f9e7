import WireBytes

/// What a subscription brings, read in place: names and payloads are ranges of the caller's bytes, nothing is copied or allocated.
///
/// The same in both protocols: an array in RESP2, a push in RESP3. Sharded subscriptions are not read.
package enum RESPPubSubEvent: Equatable, Sendable {
    /// `["message", channel, payload]`.
    case message(channel: Range<Int>, payload: Range<Int>)
    /// `["pmessage", pattern, channel, payload]`.
    case patternMessage(pattern: Range<Int>, channel: Range<Int>, payload: Range<Int>)
    /// `["subscribe", channel, count]`, or `psubscribe`. The count is of all channels and patterns that the connection has now.
    case subscribed(name: Range<Int>, isPattern: Bool, count: Int)
    /// `["unsubscribe", channel, count]`, or `punsubscribe`. No name if there was nothing to leave.
    case unsubscribed(name: Range<Int>?, isPattern: Bool, count: Int)

    /// - Parameters:
    ///   - reply: found by `RESPReader` in these bytes.
    ///   - bytes: those it was found in.
    /// - Returns: nil if the reply is something else; on a RESP2 connection that is an answer to a command (`PING` also answers with an array).
    package static func read(_ reply: RESPReply, of bytes: Span<UInt8>) -> RESPPubSubEvent? {
        guard reply.value.lowerBound >= 0, reply.value.upperBound <= bytes.count, let first = reply.value.first else { return nil }
        guard reply.isPush || bytes[first] == RESPType.array.rawValue else { return nil }
        var cursor = Cursor(position: first &+ 1, limit: reply.value.upperBound)
        guard let count = cursor.length(in: bytes), let kind = cursor.string(in: bytes) else { return nil }
        let word = bytes.extracting(kind)
        if count == 3 {
            if ASCII.equals(word, "message") {
                guard let channel = cursor.string(in: bytes), let payload = cursor.string(in: bytes) else { return nil }
                return .message(channel: channel, payload: payload)
            }
            return Self.confirmation(word, &cursor, bytes)
        }
        guard count == 4, ASCII.equals(word, "pmessage"), let pattern = cursor.string(in: bytes), let channel = cursor.string(in: bytes),
            let payload = cursor.string(in: bytes)
        else { return nil }
        return .patternMessage(pattern: pattern, channel: channel, payload: payload)
    }

    private static func confirmation(_ word: Span<UInt8>, _ cursor: inout Cursor, _ bytes: Span<UInt8>) -> RESPPubSubEvent? {
        let isPattern = word.count > 0 && word[0] == UInt8(ascii: "p")
        let verb = isPattern ? word.extracting(1..<word.count) : word
        let subscribes = ASCII.equals(verb, "subscribe")
        guard subscribes || ASCII.equals(verb, "unsubscribe") else { return nil }
        let name = cursor.string(in: bytes)
        guard name != nil || (!subscribes && cursor.null(in: bytes)), let count = cursor.integer(in: bytes) else { return nil }
        guard let name, subscribes else { return .unsubscribed(name: name, isPattern: isPattern, count: count) }
        return .subscribed(name: name, isPattern: isPattern, count: count)
    }

    /// Reads one value after the other; stays where it is at a value of another type. In bounds on any bytes.
    private struct Cursor {
        var position: Int
        let limit: Int

        /// The bytes of a bulk string.
        mutating func string(in bytes: Span<UInt8>) -> Range<Int>? {
            let start = self.position
            guard self.take(RESPType.bulk, in: bytes), let count = self.length(in: bytes), count <= self.limit &- self.position &- 2 else {
                self.position = start
                return nil
            }
            let string = self.position..<(self.position &+ count)
            self.position = string.upperBound &+ 2
            return string
        }

        /// RESP2's null string or RESP3's null.
        mutating func null(in bytes: Span<UInt8>) -> Bool {
            for text: StaticString in ["$-1\r\n", "_\r\n"] {
                let end = self.position &+ text.utf8CodeUnitCount
                guard end <= self.limit, ASCII.equals(bytes.extracting(self.position..<end), text) else { continue }
                self.position = end
                return true
            }
            return false
        }

        mutating func integer(in bytes: Span<UInt8>) -> Int? {
            self.take(RESPType.integer, in: bytes) ? self.length(in: bytes) : nil
        }

        /// A line of 1 to 18 digits and nothing else, and its end.
        mutating func length(in bytes: Span<UInt8>) -> Int? {
            var value = 0
            var index = self.position
            while index < self.limit, bytes[index] &- UInt8(ascii: "0") < 10, index &- self.position < 18 {
                value = value &* 10 &+ Int(bytes[index] &- UInt8(ascii: "0"))
                index &+= 1
            }
            guard index > self.position, self.limit &- index >= 2, bytes[index] == UInt8(ascii: "\r") else { return nil }
            self.position = index &+ 2
            return value
        }

        private mutating func take(_ type: RESPType, in bytes: Span<UInt8>) -> Bool {
            guard self.position < self.limit, bytes[self.position] == type.rawValue else { return false }
            self.position &+= 1
            return true
        }
    }
}
