package import FuzzTargets
import HTTPEdge

/// The HTTP edge on an embedded channel. The input: a byte for limits and answers, the cuts, then what came in. Answers have to be
/// well-formed, promises to the endpoint kept, and what is answered may depend on the cuts only in that a connection ends earlier.
package enum HTTPTarget: FuzzTarget {
    private static let refusals = [400, 414, 431]

    package static func check(_ input: [UInt8]) throws(Fault) {
        var input = FuzzInput(input)
        let options = input.byte()
        var limits = HTTPLimits()
        if options & 1 == 1 {
            limits.headerBytes = 200
            limits.headerFields = 5
            limits.targetBytes = 40
            limits.lingerBytes = 400
        }
        let hasSmallFraming = options & 8 == 8
        if hasSmallFraming { limits.bodyBytes = 50 }
        let pieces = input.pieces()
        let bytes = Array(pieces.joined())
        let answersLater = options & 2 == 2
        let isLeftAlone = options & 4 == 4
        let bodyLimit = options & 1 == 1 ? 50 : 1_000_000
        let cut = try HTTPRun(pieces, limits: limits, bodyLimit: bodyLimit, answersLater: answersLater, isLeftAlone: isLeftAlone)
        let whole = try HTTPRun(
            bytes.isEmpty ? [] : [bytes], limits: limits, bodyLimit: bodyLimit, answersLater: false, isLeftAlone: true)
        // How much framing there is of a body that ends within a read, nobody counts.
        if !hasSmallFraming { try self.compare(cut, whole, answersLater: answersLater) }
    }

    private static func compare(_ cut: HTTPRun, _ whole: HTTPRun, answersLater: Bool) throws(Fault) {
        let heard = min(cut.heard.count, whole.heard.count)
        try Fault.unless(cut.heard.prefix(heard) == whole.heard.prefix(heard), "cut it hears \(cut.heard), whole \(whole.heard)")
        for (one, other) in zip(cut.answers, whole.answers) {
            // A head that is malformed and too large may be found to be the one or the other. Who answers later says something else.
            let isSame = one.status == other.status && (answersLater || one.body == other.body)
            let areRefusals = self.refusals.contains(one.status) && self.refusals.contains(other.status)
            try Fault.unless(isSame || areRefusals, "cut it answers \(cut.answers.map(\.status)), whole \(whole.answers.map(\.status))")
        }
        let shorter = cut.answers.count < whole.answers.count ? cut : whole
        try Fault.unless(cut.answers.count == whole.answers.count || shorter.wasCut, "answers are missing and the connection goes on")
    }
}
