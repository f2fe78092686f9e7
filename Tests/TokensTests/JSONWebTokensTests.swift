import AccessControl
import Testing
import Tokens

/// The verifier: what it remembers, what it refuses at once, and what happens when keys change (contract 6).
@Suite("JSON Web Tokens")
struct JSONWebTokensTests {
    private static let now: Int64 = 1_700_000_000_000

    private static func verifier(workers: Int = 1, maximumWaiting: Int = 64) async throws -> JSONWebTokens {
        let keys = try await TokenKeys(
            KeyFixture.source(any: SignedTokens.secret, jwks: SignedTokens.set(SignedTokens.rsaKey, SignedTokens.ecKey)))
        return JSONWebTokens(keys: keys, workers: workers, maximumWaiting: maximumWaiting)
    }

    /// The verdict, whenever it comes.
    private static func verdict(_ verifier: JSONWebTokens, _ token: [UInt8], now: Int64 = now) async -> String {
        await withCheckedContinuation { continuation in
            let known = verifier.verify(token, now: now) { continuation.resume(returning: Self.words($0)) }
            if let known { continuation.resume(returning: Self.words(known)) }
        }
    }

    private static func words(_ verdict: TokenVerdict) -> String {
        switch verdict {
        case .signed(let claims): String(decoding: claims.subject, as: UTF8.self)
        case .refused(let fault): "\(fault)"
        case .busy: "busy"
        }
    }

    /// What is said without a check of a signature; nil if there would be one.
    private static func known(_ verifier: JSONWebTokens, _ token: [UInt8], now: Int64 = now) -> String? {
        verifier.verify(token, now: now) { _ in }.map(Self.words)
    }

    @Test("a token is verified once, good or bad")
    func once() async throws {
        let verifier = try await Self.verifier()
        var forged = try await KeyFixture.mint()
        forged[forged.count - 4] = forged[forged.count - 4] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        for (index, (token, words)) in [
            (try await KeyFixture.mint(), "alice"), (Array(SignedTokens.es256.utf8), "alice"), (forged, "signature"),
        ].enumerated() {
            #expect(await Self.verdict(verifier, token) == words)
            for _ in 0..<10 { #expect(Self.known(verifier, token) == words) }
            #expect(verifier.verifications == index + 1)
        }
    }

    @Test("J1: what its header or form refuses is refused at once, and no signature is looked at")
    func refusedAtOnce() async throws {
        let verifier = try await Self.verifier()
        let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."
        let cases: [([UInt8], String)] = [
            (Array(none.utf8), "malformed"), (Array((none + "c2ln").utf8), "algorithm"), ([], "missing"),
            (Array("a.b.c.d".utf8), "malformed"),
            (Array(repeating: 0x41, count: 1_000_000), "tooLong"),
            (try await KeyFixture.mint(SignedTokens.modulus, kid: "rs"), "otherAlgorithm"),
            (Array("eyJhbGciOiJIUzI1NiIsImNyaXQiOltdfQ.e30.c2ln".utf8), "critical"), (Array(SignedTokens.edDSA.utf8), "otherAlgorithm"),
        ]
        for (token, words) in cases { #expect(Self.known(verifier, token) == words) }
        #expect(verifier.verifications == 0)
    }

    @Test("a reconnect storm of the same tokens is one verification a token")
    func storm() async throws {
        let verifier = try await Self.verifier(workers: 4, maximumWaiting: 100_000)
        var tokens: [[UInt8]] = []
        for index in 0..<20 { tokens.append(try await KeyFixture.mint(sub: "user-\(index)")) }
        for _ in 0..<2 {
            await withTaskGroup { group in
                for index in 0..<2_000 {
                    let token = tokens[index % tokens.count]
                    group.addTask {
                        #expect(await Self.verdict(verifier, token) == "user-\(index % 20)")
                    }
                }
            }
        }
        // Workers that had the same token in hand at the same time have checked it twice at most.
        #expect(verifier.verifications >= 20 && verifier.verifications <= 20 * 4)
    }

    @Test("an entry ends with its token, and one that is not good yet is remembered for later")
    func time() async throws {
        let verifier = try await Self.verifier()
        let token = try await KeyFixture.mint(exp: 1_700_000_060)
        #expect(await Self.verdict(verifier, token) == "alice")
        #expect(Self.known(verifier, token, now: Self.now + 64_999) == "alice")
        #expect(Self.known(verifier, token, now: Self.now + 65_000) == "expired")
        #expect(Self.known(verifier, token, now: Self.now + 65_000) == "expired")
        #expect(verifier.verifications == 1)
        // Whoever uses the claims judges their times: early tokens too are verified once.
        #expect(await Self.verdict(verifier, try await KeyFixture.mint(sub: "b"), now: -1_000_000) == "b")
    }

    @Test("other keys forget everything: old tokens are refused, new ones taken")
    func reload() async throws {
        let verifier = try await Self.verifier()
        let other = String(repeating: "n", count: 32)
        let old = try await KeyFixture.mint(), new = try await KeyFixture.mint(other)
        #expect(await Self.verdict(verifier, old) == "alice")
        #expect(await Self.verdict(verifier, new) == "signature")
        verifier.replace(keys: try await TokenKeys(KeyFixture.source(any: other)))
        #expect(await Self.verdict(verifier, old) == "signature")
        #expect(await Self.verdict(verifier, new) == "alice")
        #expect(Self.known(verifier, Array(SignedTokens.es256.utf8)) == "otherAlgorithm")
        verifier.replace(keys: TokenKeys())
        #expect(Self.known(verifier, new) == "unknownKey")
    }

    @Test("keys that change in the middle of a storm leave no verdict of the old ones behind")
    func reloadUnderLoad() async throws {
        let verifier = try await Self.verifier(workers: 2, maximumWaiting: 10_000)
        var tokens: [[UInt8]] = []
        for index in 0..<300 { tokens.append(try await KeyFixture.mint(sub: "user-\(index)")) }
        let other = try await TokenKeys(KeyFixture.source(any: String(repeating: "n", count: 32)))
        await withTaskGroup { group in
            for token in tokens { group.addTask { _ = await Self.verdict(verifier, token) } }
            group.addTask { verifier.replace(keys: other) }
        }
        for token in tokens { #expect(await Self.verdict(verifier, token) == "signature") }
    }

    @Test("a verdict of old keys that comes when they are gone is not remembered")
    func reloadMeanwhile() async throws {
        let old = try await TokenKeys(KeyFixture.source(jwks: SignedTokens.set(SignedTokens.ecKey)))
        let token = Array(SignedTokens.es256.utf8)
        for round in 0..<300 {
            let verifier = JSONWebTokens(keys: old, workers: 1)
            async let verdict = Self.verdict(verifier, token)
            for _ in 0..<(round % 30) { await Task.yield() }
            verifier.replace(keys: TokenKeys())
            _ = await verdict
            #expect(Self.known(verifier, token) == "unknownKey")
        }
    }

    @Test("more than may wait are busy at once, and every question gets exactly one answer")
    func bounded() async throws {
        let verifier = try await Self.verifier(maximumWaiting: 8)
        var tokens: [[UInt8]] = []
        for index in 0..<500 { tokens.append(try await KeyFixture.mint(sub: "user-\(index)")) }
        var answered = 0, busy = 0
        await withTaskGroup(of: String.self) { group in
            for token in tokens { group.addTask { await Self.verdict(verifier, token) } }
            for await words in group {
                if words == "busy" { busy += 1 } else { answered += 1 }
            }
        }
        #expect(answered + busy == 500 && answered == verifier.verifications)
        for token in tokens.prefix(5) { #expect(await Self.verdict(verifier, token).hasPrefix("user-"), "and afterwards all is well") }
    }
}
