import AccessControl
import Broadcast
import HTTPEdge
@testable import Realtime
import Testing

/// Which subscription ends with which token, and when the client hears of it (contract 6), as a value.
@Suite("Token grants")
struct TokenGrantsTests {
    private static func token(_ subject: String, _ patterns: [String], end: Milliseconds, at now: Milliseconds = 0) throws -> GrantedToken {
        let list = patterns.map { #""\#($0)""# }.joined(separator: ",")
        let claims = try TokenClaims(parsing: Array(#"{"sub":"\#(subject)","exp":1,"channels":[\#(list)]}"#.utf8).span)
        return GrantedToken(claims: claims, grantedAt: now, end: end)
    }

    private static func name(_ text: String) -> ChannelName { ChannelName(Array(text.utf8)) }

    @Test("thirty seconds of notice, then the end; each once")
    func life() throws {
        var grants = TokenGrants()
        #expect(grants.isEmpty && grants.nextDeadline == nil)
        grants.setConnect(try Self.token("a", ["**"], end: 100_000))
        grants.admit(Self.name("x"))
        grants.admit(Self.name("y"))
        #expect(grants.nextDeadline == 70_000)
        #expect(grants.look(now: 69_999) == .init())
        #expect(grants.look(now: 70_016) == .init(expiring: 30), "a wheel that is late by a slot")
        #expect(grants.look(now: 70_032) == .init())
        #expect(grants.nextDeadline == 100_000)
        #expect(grants.connectClaims(now: 99_999) != nil && grants.connectClaims(now: 100_000) == nil)
        #expect(grants.look(now: 100_000) == .init(expired: [Self.name("x"), Self.name("y")]))
        #expect(grants.nextDeadline == nil && grants.look(now: 200_000) == .init())
        #expect(!grants.isEmpty, "a refresh may still come")
    }

    @Test(
        "with less than the notice left it is told at once, in whole seconds",
        arguments: [(29_999, 29), (29_500, 29), (12_345, 12), (1_000, 1), (999, 0)] as [(Milliseconds, Int)])
    func short(life: Milliseconds, seconds: Int) throws {
        var grants = TokenGrants()
        grants.setConnect(try Self.token("a", [], end: 5_000 + life, at: 5_000))
        #expect(grants.look(now: 5_000) == .init(expiring: seconds))
        #expect(grants.look(now: 5_000 + life) == .init(expired: []))
    }

    @Test("exactly thirty seconds are thirty") func thirty() throws {
        var grants = TokenGrants()
        grants.setConnect(try Self.token("a", [], end: 35_000, at: 5_000))
        #expect(grants.look(now: 5_000) == .init(expiring: 30))
    }

    @Test("each token ends its own subscriptions, and the last one that admitted a subscription counts")
    func own() throws {
        var grants = TokenGrants()
        grants.setConnect(try Self.token("a", ["**"], end: 50_000))
        let own = try Self.token("b", ["x"], end: 60_000)
        grants.admit(Self.name("x"))
        grants.admit(Self.name("y"))
        grants.admit(Self.name("x"), by: own)
        grants.admit(Self.name("z"), by: try Self.token("b", ["z"], end: 55_000))
        #expect(grants.look(now: 50_000) == .init(expiring: 5, expired: [Self.name("y")]))
        #expect(grants.look(now: 55_000) == .init(expired: [Self.name("z")]))
        #expect(grants.look(now: 60_000) == .init(expired: [Self.name("x")]))
    }

    @Test("two ends at the same look are one report") func together() throws {
        var grants = TokenGrants()
        grants.admit(Self.name("x"), by: try Self.token("a", ["x"], end: 40_000))
        grants.admit(Self.name("y"), by: try Self.token("b", ["y"], end: 40_005))
        #expect(grants.look(now: 10_010) == .init(expiring: 30))
        #expect(grants.look(now: 40_010) == .init(expired: [Self.name("x"), Self.name("y")]))
    }

    @Test("who has left is not expired, and a token of its own goes with its last channel") func left() throws {
        var grants = TokenGrants()
        grants.admit(Self.name("x"), by: try Self.token("a", ["x"], end: 40_000))
        grants.leave(Self.name("x"))
        #expect(grants.isEmpty && grants.nextDeadline == nil)
        grants.setConnect(try Self.token("a", ["x"], end: 40_000))
        grants.admit(Self.name("x"))
        grants.leave(Self.name("x"))
        #expect(grants.look(now: 40_000) == .init(expired: []), "the connect token's end is told all the same")
    }

    @Test("a refresh moves the end of what it admits and of nothing else") func refresh() throws {
        var grants = TokenGrants()
        grants.setConnect(try Self.token("a", ["**"], end: 50_000))
        for name in ["x", "y"] { grants.admit(Self.name(name)) }
        grants.admit(Self.name("z"), by: try Self.token("a", ["z"], end: 45_000))
        grants.admit(Self.name("o"), by: try Self.token("other", ["o"], end: 45_000))
        #expect(grants.look(now: 20_000) == .init(expiring: 25))
        #expect(grants.refresh(try Self.token("a", ["x", "z", "o"], end: 100_000, at: 20_000)) == nil)
        #expect(grants.look(now: 45_000) == .init(expired: [Self.name("o")]))
        #expect(grants.look(now: 50_000) == .init(expired: [Self.name("y")]))
        #expect(grants.look(now: 70_000) == .init(expiring: 30))
        #expect(grants.look(now: 100_000) == .init(expired: [Self.name("x"), Self.name("z")]))
    }

    @Test("a refresh wants the same subject, by its bytes") func subject() throws {
        var grants = TokenGrants()
        #expect(grants.refresh(try Self.token("a", ["**"], end: 100_000)) == .otherSubject)
        grants.setConnect(try Self.token("caf\u{E9}", ["**"], end: 50_000))
        grants.admit(Self.name("x"))
        #expect(grants.refresh(try Self.token("cafe\u{301}", ["**"], end: 100_000)) == .otherSubject)
        #expect(grants.look(now: 50_000) == .init(expired: [Self.name("x")]))
        #expect(grants.refresh(try Self.token("caf\u{E9}", ["**"], end: 200_000, at: 60_000)) == nil, "also after the end")
        #expect(grants.connectClaims(now: 60_000) != nil)
    }

    @Test("without a connect token a refresh has to admit something") func admitsNothing() throws {
        var grants = TokenGrants()
        grants.admit(Self.name("x"), by: try Self.token("a", ["x"], end: 40_000))
        #expect(grants.refresh(try Self.token("a", ["y"], end: 100_000)) == .admitsNothing)
        #expect(grants.refresh(try Self.token("a", ["x"], end: 100_000)) == nil)
        #expect(grants.connectClaims(now: 0) == nil)
        #expect(grants.nextDeadline == 70_000)
    }

    @Test("a refresh may also shorten") func shorten() throws {
        var grants = TokenGrants()
        grants.setConnect(try Self.token("a", ["x"], end: 500_000))
        grants.admit(Self.name("x"))
        #expect(grants.refresh(try Self.token("a", ["x"], end: 10_000)) == nil)
        #expect(grants.look(now: 0) == .init(expiring: 10))
        #expect(grants.look(now: 10_000) == .init(expired: [Self.name("x")]))
    }
}
