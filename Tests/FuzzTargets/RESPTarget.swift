import RESP
import WireBytes

/// What Redis sends, in pieces: `RESPReader` finds the same replies however the bytes are cut, each of them becomes a value, and nothing is
/// looked for before it can be there.
package enum RESPTarget: FuzzTarget {
    private static let limits = RESPLimits(maximumByteCount: 1_000_000, maximumDepth: 8, maximumElements: 10_000)

    package static func check(_ input: [UInt8]) throws(Fault) {
        var choices = FuzzInput(input)
        let pieces = choices.pieces()
        let whole = try self.replies([pieces.flatMap(\.self)])
        let cut = try self.replies(pieces)
        // As text, since one NaN is not another.
        try Fault.unless("\(cut.values)" == "\(whole.values)", "cut into pieces it is \(cut.values), not \(whole.values)")
        try Fault.unless(
            cut.fault == whole.fault,
            "cut into pieces it ends with \(String(describing: cut.fault)), not \(String(describing: whole.fault))")
    }

    private static func replies(_ pieces: [[UInt8]]) throws(Fault) -> (values: [RESPValue], fault: RESPFault?) {
        var reader = RESPReader(limits: self.limits)
        var unread: [UInt8] = []
        var wanted = 1
        var values: [RESPValue] = []
        for piece in pieces {
            unread += piece
            while unread.count >= wanted {
                do throws(RESPFault) {
                    switch try reader.advance(over: unread.span) {
                    case .needsMore(let byteCount):
                        guard byteCount > unread.count else { throw RESPFault.tooLarge }
                        wanted = byteCount
                    case .reply(let reply):
                        _ = RESPPubSubEvent.read(reply, of: unread.span)
                        guard let value = RESPValue.decode(reply.value, of: unread.span) else { return (values + [.null, .null], nil) }
                        values.append(value)
                        unread.removeFirst(reply.byteCount)
                        wanted = 1
                    }
                } catch {
                    return (values, error)
                }
            }
        }
        return (values, nil)
    }
}
