import AccessControl
@testable import Tokens
import Testing

/// What the verifier remembers is bounded, and junk drives out nothing.
@Suite("Token cache")
struct TokenCacheTests {
    private static func claims(_ subject: String) throws -> TokenClaims {
        try TokenClaims(parsing: Array(#"{"sub":"\#(subject)","exp":9999999999}"#.utf8).span)
    }

    private static func digest(_ number: Int) -> TokenDigest { TokenDigest(Array("\(number)".utf8)) }

    private static func isSigned(_ verdict: TokenVerdict?) -> Bool {
        if case .signed = verdict { true } else { false }
    }

    @Test("what is used stays, what is not goes, and the bound holds")
    func generations() throws {
        var cache = TokenCache()
        let claims = try Self.claims("a")
        cache.remember(claims, Self.digest(-1), byteCount: 500)
        for number in 0..<100_000 {
            cache.remember(claims, Self.digest(number), byteCount: 8_000)
            if number % 100 == 0 { #expect(Self.isSigned(cache.verdict(Self.digest(-1), now: 0))) }
        }
        #expect(cache.count <= 2 * TokenCache.maximumBytes / 8_000 + 2)
        #expect(cache.verdict(Self.digest(0), now: 0) == nil)
        #expect(Self.isSigned(cache.verdict(Self.digest(99_999), now: 0)))
    }

    @Test("refused tokens are bounded and drive out no good one")
    func refused() throws {
        var cache = TokenCache()
        cache.remember(try Self.claims("a"), Self.digest(-1), byteCount: 500)
        for number in 0..<50_000 { cache.remember(.signature, Self.digest(number)) }
        #expect(cache.count <= 2 * TokenCache.maximumRefused + 1)
        #expect(Self.isSigned(cache.verdict(Self.digest(-1), now: 0)))
        guard case .refused(.signature) = cache.verdict(Self.digest(49_999), now: 0) else {
            Issue.record("the last refusal is remembered")
            return
        }
    }
}
