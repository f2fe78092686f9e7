/// Who was refused what since the last look, and how often: a table that stays small whoever comes from wherever. A value.
package struct RefusalLedger: Sendable {
    /// What somebody wanted.
    package enum Activity: String, Sendable {
        case publish, read, admin
        /// `/socket.io`: handshake, poll or upgrade.
        case connect
        /// Refused before the path counts.
        case any
    }

    /// One line of the log.
    package struct Entry: Hashable, Sendable {
        package let refusal: AccessRefusal
        package let activity: Activity
        /// A known key's name, else `none` or `unknown`. Never what was presented.
        package let keyName: String
        /// Without a port; empty if there is none.
        package let peer: String

        package init(_ refusal: AccessRefusal, of activity: Activity, keyName: String, peer: String) {
            self.refusal = refusal
            self.activity = activity
            self.keyName = keyName
            self.peer = peer
        }
    }

    /// Entries that are told apart between two looks.
    package static let maximumEntries = 256

    package private(set) var counts: [Entry: Int] = [:]
    /// What came when the table was full, by reason alone.
    package private(set) var others: [AccessRefusal: Int] = [:]

    package init() {}

    package mutating func note(_ entry: Entry) {
        if let count = self.counts[entry] {
            self.counts[entry] = count &+ 1
        } else if self.counts.count < Self.maximumEntries {
            self.counts[entry] = 1
        } else {
            self.others[entry.refusal, default: 0] &+= 1
        }
    }
}
