package import AccessControl

/// One entry of `channels` (contract 8), as it was written.
package struct ChannelRuleSettings: Sendable {
    /// A channel pattern.
    package var match: String
    package var subscribe: ChannelRules.Subscription

    package init(match: String, subscribe: ChannelRules.Subscription) {
        self.match = match
        self.subscribe = subscribe
    }

    /// As it stands in logs: `orders.*: token`.
    package var text: String { "\(self.match): \(self.subscribe.rawValue)" }

    /// - Throws: `ChannelPattern.Fault`.
    func rule() throws(ChannelPattern.Fault) -> ChannelRules.Rule {
        ChannelRules.Rule(match: try ChannelPattern(compiling: Array(self.match.utf8).span), subscribe: self.subscribe)
    }
}
