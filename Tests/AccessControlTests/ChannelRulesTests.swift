import AccessControl
import Testing

@Suite("Channel rules")
struct ChannelRulesTests {
    private func rules(_ entries: [(String, ChannelRules.Subscription)]) throws -> ChannelRules {
        ChannelRules(
            try entries.map { .init(match: try ChannelPattern($0.0), subscribe: $0.1) })
    }

    @Test("without a rule every channel is open")
    func none() {
        #expect(!ChannelRules().wantsTokens)
        #expect(ChannelRules().firstMatch("a") == nil)
        #expect(!ChannelRules().requiresToken("a"))
    }

    @Test(
        "the first rule that matches says it, whatever stands behind",
        arguments: [
            ("orders.public", .open), ("orders.1", .token), ("orders.1.2", .token), ("orders", nil), ("news", nil), ("Orders.1", nil),
            ("orders.publi", .token), ("orders.public.x", .token), ("private-a", .token), ("private-a\u{301}", nil),
        ] as [(String, ChannelRules.Subscription?)])
    func firstMatch(channel: String, expected: ChannelRules.Subscription?) throws {
        let rules = try rules([
            ("orders.public", .open), ("orders.**", .token), ("private-a", .token), ("orders.*", .open), ("orders.1", .open),
        ])
        #expect(rules.wantsTokens)
        #expect(rules.firstMatch(channel) == expected)
        #expect(rules.requiresToken(channel) == (expected == .token))
    }

    @Test("rules that open everything ask for no token")
    func open() throws {
        #expect(try !rules([("**", .open)]).wantsTokens)
        #expect(try rules([("**", .open), ("a", .token)]).wantsTokens)
    }
}
