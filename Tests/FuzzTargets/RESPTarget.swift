import RESP
import WireBytes

/// What a Redis server sends. The input: a byte for limits, the cuts, then bytes. Replies and fault may not depend on the cuts, what the
/// reader finds can be decoded, and what subscriptions bring is the same read in place as from the tree.
package enum RESPTarget: FuzzTarget {
    /// What a connection made of its bytes.
    private struct Trace: Equatable {
        var replies: [RESPReply] = []
        /// Where in the input each reply's bytes begin.
        var bases: [Int] = []
        var fault: RESPFault?
    }

    package static func check(_ input: [UInt8]) throws(Fault) {
        var input = FuzzInput(input)
        let options = input.byte()
        let limits =
            switch options & 3 {
            case 0: RESPLimits(maximumByteCount: 1 << 20)
            case 1: RESPLimits(maximumByteCount: 40, maximumDepth: 2, maximumElements: 6)
            case 2: RESPLimits(maximumByteCount: 1 << 20, maximumDepth: 32, maximumElements: 3)
            default: RESPLimits(maximumByteCount: 200, maximumDepth: 0)
            }
        let pieces = input.pieces()
        let bytes = Array(pieces.joined())
        let whole = try self.trace(bytes, cuts: [bytes.count], limits: limits)
        var end = 0
        let cuts = pieces.map { piece in
            end += piece.count
            return end
        }
        try Fault.unless(try self.trace(bytes, cuts: cuts, limits: limits) == whole, "cut, the replies are others")
        if bytes.count <= 512 {
            try Fault.unless(try self.trace(bytes, cuts: Array(0...bytes.count), limits: limits) == whole, "byte by byte they are others")
        }
        for (reply, base) in zip(whole.replies, whole.bases) {
            try self.checkReply(reply, Array(bytes[base..<(base + reply.byteCount)]), limits: limits)
        }
        try self.checkUnread(bytes)
    }

    private static func trace(_ bytes: [UInt8], cuts: [Int], limits: RESPLimits) throws(Fault) -> Trace {
        var trace = Trace()
        var reader = RESPReader(limits: limits)
        var start = 0
        var needed = 0
        for cut in cuts {
            var isWaiting = false
            var isHonest = true
            while !isWaiting, isHonest {
                do throws(RESPFault) {
                    switch try reader.advance(over: bytes.span.extracting(start..<cut)) {
                    case .reply(let reply):
                        if cut - start < needed || reply.byteCount > cut - start { isHonest = false }
                        trace.replies.append(reply)
                        trace.bases.append(start)
                        start += reply.byteCount
                        needed = 0
                    case .needsMore(let count):
                        needed = count
                        isWaiting = true
                    }
                } catch {
                    trace.fault = error
                    return trace
                }
            }
            try Fault.unless(isHonest, "a reply is whole before it could be")
            try Fault.unless(needed > cut - start, "\(needed) bytes are needed, \(cut - start) are there")
        }
        return trace
    }

    private static func checkReply(_ reply: RESPReply, _ bytes: [UInt8], limits: RESPLimits) throws(Fault) {
        try Fault.unless(reply.value.lowerBound >= 0 && reply.byteCount <= limits.maximumByteCount, "a reply at \(reply.value)")
        guard let value = RESPValue.decode(reply.value, of: bytes.span) else { throw Fault("a reply that cannot be decoded") }
        if case .push = value {
            try Fault.unless(reply.isPush, "a push that is none")
        } else {
            try Fault.unless(!reply.isPush, "no push")
        }
        let event = RESPPubSubEvent.read(reply, of: bytes.span)
        guard let parts = self.strings(value) else { return }
        switch event {
        case .message(let channel, let payload):
            let expected = [Array("message".utf8), Array(bytes[channel]), Array(bytes[payload])]
            try Fault.unless(parts == expected, "a message is read as \(parts)")
        case .patternMessage(let pattern, let channel, let payload):
            let expected = [Array("pmessage".utf8), Array(bytes[pattern]), Array(bytes[channel]), Array(bytes[payload])]
            try Fault.unless(parts == expected, "a message is read as \(parts)")
        case .subscribed, .unsubscribed: throw Fault("a confirmation without a count")
        case nil: break
        }
        // What is an array of strings is also what this program would send.
        let command = RESPCommand.encode(parts.map { .bytes($0) })
        let whole = 0..<command.count
        try Fault.unless(RESPValue.decode(whole, of: command.span) == .array(parts.map { .bulk($0) }), "a command reads as another value")
    }

    /// Of an array or push of bulk strings and nothing else.
    private static func strings(_ value: RESPValue) -> [[UInt8]]? {
        let values: [RESPValue]
        switch value {
        case .array(let elements), .push(let elements): values = elements
        default: return nil
        }
        var strings: [[UInt8]] = []
        for value in values {
            guard case .bulk(let string) = value else { return nil }
            strings.append(string)
        }
        return strings
    }

    /// Bytes that no reader has seen: in bounds.
    private static func checkUnread(_ bytes: [UInt8]) throws(Fault) {
        let whole = 0..<bytes.count
        _ = RESPValue.decode(whole, of: bytes.span)
        for isPush in [false, true] {
            _ = RESPPubSubEvent.read(RESPReply(value: whole, isPush: isPush), of: bytes.span)
        }
    }
}
