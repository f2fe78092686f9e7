/// The access policy in force on one loop, for all endpoints there, and what it has refused. Confined to its loop.
package final class LoopAccess {
    /// Replaced by a reload; what comes next is judged by the new one.
    package var policy: AccessPolicy
    private var ledger = RefusalLedger()
    private let announce: (RefusalLedger.Entry) -> Bool

    /// - Parameter announce: tells of a refusal at once, if it is the first of its reason; returns false if it is to be counted instead.
    ///   Called on this loop, and must not wait.
    package init(_ policy: AccessPolicy, announce: @escaping (RefusalLedger.Entry) -> Bool = { _ in false }) {
        self.policy = policy
        self.announce = announce
    }

    /// - Parameter peer: the client's address without its port.
    package func note(_ refusal: AccessRefusal, of activity: RefusalLedger.Activity, keyName: String = "none", peer: String?) {
        let entry = RefusalLedger.Entry(refusal, of: activity, keyName: keyName, peer: peer ?? "")
        if !self.announce(entry) { self.ledger.note(entry) }
    }

    /// What was refused since the last call.
    package func takeLedger() -> RefusalLedger {
        defer { self.ledger = RefusalLedger() }
        return self.ledger
    }
}

@available(*, unavailable) extension LoopAccess: Sendable {}
