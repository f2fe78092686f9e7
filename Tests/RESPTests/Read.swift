import RESP
import WireBytes

/// What a reader made of some bytes: short forms over arrays, since a span may not go into `#expect`.
struct Read: Equatable, CustomStringConvertible {
    /// One reply, decoded, with where it lay in the whole input.
    struct Reply: Equatable {
        let value: RESPValue?
        let range: Range<Int>
        let isPush: Bool
    }

    var replies: [Reply] = []
    var fault: RESPFault?
    /// Bytes behind the last reply; they are the beginning of another one.
    var rest = 0
    /// Whether a reply was whole before as many bytes were there as the reader had asked for.
    var cameEarly = false

    var values: [RESPValue?] { self.replies.map(\.value) }

    var description: String { "\(self.replies.map { "\($0)" }), \(String(describing: self.fault)), \(self.rest) left" }

    static let limits = RESPLimits(maximumByteCount: 1 << 20)

    /// Reads what arrives in these pieces as a connection would: appends, asks, drops.
    init(_ pieces: [[UInt8]], limits: RESPLimits = Read.limits) {
        var reader = RESPReader(limits: limits)
        var kept: [UInt8] = []
        var dropped = 0
        var needed = 0
        for piece in pieces {
            kept += piece
            do throws(RESPFault) {
                while case .reply(let reply) = try reader.advance(over: kept.span) {
                    if kept.count < needed { self.cameEarly = true }
                    needed = 0
                    self.replies.append(
                        Reply(
                            value: RESPValue.decode(reply.value, of: kept.span),
                            range: (dropped + reply.value.lowerBound)..<(dropped + reply.value.upperBound), isPush: reply.isPush))
                    dropped += reply.byteCount
                    kept.removeFirst(reply.byteCount)
                }
                if case .needsMore(let count) = try reader.advance(over: kept.span) { needed = count }
            } catch {
                self.fault = error
                return
            }
        }
        self.rest = kept.count
    }

    init(_ bytes: [UInt8], limits: RESPLimits = Read.limits) {
        self.init([bytes], limits: limits)
    }

    init(_ text: String, limits: RESPLimits = Read.limits) {
        self.init(Array(text.utf8), limits: limits)
    }

    /// As what the reference has found.
    init(replies: [Reply], fault: RESPFault?, rest: Int) {
        self.replies = replies
        self.fault = fault
        self.rest = rest
    }

    /// What one call says to these bytes.
    static func progress(_ text: String, limits: RESPLimits = Read.limits) throws(RESPFault) -> RESPProgress {
        var reader = RESPReader(limits: limits)
        let bytes = Array(text.utf8)
        return try reader.advance(over: bytes.span)
    }
}

extension RESPValue {
    static func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }
    static func simple(_ text: String) -> RESPValue { .simple(Array(text.utf8)) }
    static func error(_ text: String) -> RESPValue { .error(Array(text.utf8)) }
    static func verbatim(_ text: String) -> RESPValue { .verbatim(Array(text.utf8)) }
    static func bigNumber(_ text: String) -> RESPValue { .bigNumber(Array(text.utf8)) }
}
