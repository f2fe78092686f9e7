/// What a channel asks of its subscribers (contract 8): the first rule that matches says it; a channel that none matches is open.
package struct ChannelRules: Sendable {
    /// Who may subscribe.
    package enum Subscription: String, Equatable, Sendable {
        case open
        /// The bearer of a token that names the channel.
        case token
    }

    /// One entry of the list.
    package struct Rule: Sendable {
        package let match: ChannelPattern
        package let subscribe: Subscription

        package init(match: ChannelPattern, subscribe: Subscription) {
            self.match = match
            self.subscribe = subscribe
        }
    }

    private let rules: [Rule]

    /// - Parameter rules: in the order in which they are tried.
    package init(_ rules: [Rule] = []) {
        self.rules = rules
    }

    /// Whether any rule asks for a token, so that there has to be a token key.
    package var wantsTokens: Bool {
        self.rules.contains { $0.subscribe == .token }
    }

    /// - Returns: nil if no rule matches, which is open.
    package func firstMatch(_ channel: Span<UInt8>) -> Subscription? {
        for rule in self.rules where rule.match.matches(channel) { return rule.subscribe }
        return nil
    }

    package func requiresToken(_ channel: Span<UInt8>) -> Bool {
        self.firstMatch(channel) == .token
    }
}
