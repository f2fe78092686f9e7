import AccessControl
import EngineIO

/// Every reason by which something is refused or cut, as the label `reason` of the metrics says it. From the lists that the reasons come
/// from, and for the rest by name; a test compares them with what the sources count.
package enum CountedReasons {
    /// `fanfare_refused_total`.
    package static let refused: Set<String> = Set(
        Self.limits("fanfare_refused_total") + AccessRefusal.allCases.map(\.reason.description)
            + TokenFault.allCases.map(\.label.description) + [
                "backplane_down", "backplane_unanswered", "bad_json", "bad_name", "body_bytes", "content_type", "draining", "forbidden",
                "handshakes", "malformed", "other_node", "taps", "token_busy", "token_required",
            ])

    /// `fanfare_cut_total`. A client that goes away by itself is not cut.
    package static let cut: Set<String> = Set(
        Self.limits("fanfare_cut_total") + CloseReason.allCases.map(\.label.description)
            + ["body_deadline", "linger_deadline", "write_deadline"]
    ).subtracting([CloseReason.transportClose, .transportError].map(\.label.description))

    private static func limits(_ family: String) -> [String] {
        Limit.allCases.compactMap { $0.counter.flatMap { $0.family == family ? $0.reason : nil } }
    }
}
