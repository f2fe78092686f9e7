import AccessControl
import Testing
import TestSupport
import Tokens
import WireBytes

/// Keys, and what they say of tokens (contract 6, abuse cases J1 and J3).
@Suite("Token keys")
struct TokenKeysTests {
    private static let all = SignedTokens.set(SignedTokens.rsaKey, SignedTokens.ecKey, SignedTokens.edKey, SignedTokens.octKey)

    @Test("every algorithm verifies what was signed elsewhere", arguments: [SignedTokens.rs256, SignedTokens.es256, SignedTokens.edDSA])
    func algorithms(token: String) async throws {
        let keys = try await TokenKeys(KeyFixture.source(jwks: Self.all))
        #expect(keys.outcome(token) == .success("alice"))
        #expect(keys.notes.isEmpty)
    }

    @Test("the examples of the standards have right signatures: what is missing are claims that are wanted here")
    func examples() async throws {
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let examples = [
            // RFC 7515 A.1, A.3; RFC 8037 A.4.
            (
                #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(claims).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", TokenFault.subject
            ),
            (
                #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
                "eyJhbGciOiJFUzI1NiJ9.\(claims).DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
                .subject
            ),
            (
                #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                .claims
            ),
        ]
        for (key, token, fault) in examples {
            let keys = try await TokenKeys(KeyFixture.source(jwks: SignedTokens.set(key)))
            #expect(keys.outcome(token) == .failure(fault))
            let last = token.last == "A" ? "Q" : "A"
            #expect(keys.outcome(token.dropLast(4) + "AAA" + last) == .failure(.signature))
        }
    }

    @Test("J1: a public key is no secret: what was signed with it as one is refused by its algorithm")
    func mixUp() async throws {
        let keys = try await TokenKeys(KeyFixture.source(jwks: SignedTokens.set(SignedTokens.rsaKey, SignedTokens.ecKey)))
        for secret in [SignedTokens.modulus, SignedTokens.rsaKey, SignedTokens.ecX, SignedTokens.ecKey] {
            for kid in ["rs", "es"] {
                #expect(keys.outcome(try await KeyFixture.mint(secret, kid: kid)) == .failure(.otherAlgorithm))
            }
            #expect(keys.outcome(try await KeyFixture.mint(secret)) == .failure(.unknownKey))
        }
    }

    @Test("J1: a good signature under another header's algorithm, or another key, is refused")
    func otherHeader() async throws {
        let keys = try await TokenKeys(KeyFixture.source(jwks: Self.all))
        for token in [SignedTokens.rs256, SignedTokens.es256, SignedTokens.edDSA] {
            let rest = token.drop { $0 != "." }
            for algorithm in ["HS256", "RS256", "ES256", "EdDSA"] {
                for kid in ["rs", "es", "ed", "hs"] {
                    let header = TokenKeysTests.part(#"{"alg":"\#(algorithm)","kid":"\#(kid)"}"#)
                    let isRight = ["RS256rs", "ES256es", "EdDSAed", "HS256hs"].contains(algorithm + kid)
                    #expect(keys.outcome(header + rest) == .failure(isRight ? .signature : .otherAlgorithm))
                }
            }
        }
    }

    private static func part(_ text: String) -> String {
        var characters: [UInt8] = []
        Base64.encodeURLSafe(Array(text.utf8).span, to: &characters)
        return String(decoding: characters, as: UTF8.self)
    }

    @Test("signatures of other lengths, of zeros and in another form are wrong and no trap")
    func oddSignatures() async throws {
        let keys = try await TokenKeys(KeyFixture.source(jwks: Self.all))
        for kid in [("RS256", "rs"), ("ES256", "es"), ("EdDSA", "ed"), ("HS256", "hs")] {
            for count in [1, 31, 32, 33, 63, 64, 65, 70, 72, 128, 255, 256, 257, 512, 4_000] {
                for byte in [UInt8.min, .max, 0x30] {
                    var signature: [UInt8] = []
                    Base64.encodeURLSafe(Array(repeating: byte, count: count).span, to: &signature)
                    let header = Self.part(#"{"alg":"\#(kid.0)","kid":"\#(kid.1)"}"#)
                    let token = "\(header).\(Self.part(#"{"sub":"a","exp":9999999999}"#)).\(String(decoding: signature, as: UTF8.self))"
                    #expect(keys.outcome(token) == .failure(.signature))
                }
            }
        }
    }

    @Test(
        "no mutation of a good token is taken, by any algorithm",
        arguments: [SignedTokens.rs256, SignedTokens.es256, SignedTokens.edDSA, "hs"])
    func mutations(token: String) async throws {
        var generator = SeededGenerator(seed: 7)
        let keys = try await TokenKeys(KeyFixture.source(jwks: Self.all))
        let sound = token == "hs" ? try await KeyFixture.mint(kid: "hs") : Array(token.utf8)
        #expect(keys.outcome(sound) == .success("alice"))
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)
        for _ in 0..<2_000 {
            var mutated = sound
            let index = Int.random(in: 0..<mutated.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: mutated[index] = UInt8.random(in: .min ... .max, using: &generator)
            case 1, 2: mutated[index] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            case 3: mutated.remove(at: index)
            default: mutated.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)], at: index)
            }
            if mutated == sound { continue }
            #expect(throws: TokenFault.self) { try keys.claims(of: mutated) }
        }
    }

    // MARK: - Which key

    @Test("kids choose keys; the secret for any kid takes the rest, and tokens without one")
    func keyIDs() async throws {
        let first = String(repeating: "1", count: 32), second = String(repeating: "2", count: 32), any = String(repeating: "3", count: 32)
        let keys = try await TokenKeys(KeyFixture.source(secrets: [("one", first), ("caf\u{E9}", second)], any: any, jwks: Self.all))
        let cases: [(String, String?, TokenFault?)] = [
            (first, "one", nil), (second, "caf\u{E9}", nil), (any, "three", nil), (any, nil, nil), (any, "cafe\u{301}", nil),
            (second, "one", .signature), (any, "one", .signature), (first, nil, .signature), (second, "cafe\u{301}", .signature),
            (any, "rs", .otherAlgorithm),
        ]
        for (secret, kid, fault) in cases {
            let outcome = keys.outcome(try await KeyFixture.mint(secret, kid: kid))
            #expect(outcome == fault.map { .failure($0) } ?? .success("alice"), "\(kid ?? "none")")
        }
        #expect(keys.outcome(SignedTokens.rs256) == .success("alice"))
    }

    @Test("J3: an unknown kid means no key, however it looks")
    func unknownKeyIDs() async throws {
        let keys = try await TokenKeys(KeyFixture.source(secrets: [("one", SignedTokens.secret)]))
        for kid in [
            "../../etc/passwd", "/dev/null", "https://evil.example/jwks", "two", "ONE", "one ", "one\0", String(repeating: "k", count: 200),
        ] {
            #expect(keys.outcome(try await KeyFixture.mint(kid: kid)) == .failure(.unknownKey))
        }
        #expect(keys.outcome(try await KeyFixture.mint(kid: String(repeating: "k", count: 10_000))) == .failure(.tooLong))
        #expect(keys.outcome(try await KeyFixture.mint(kid: "")) == .failure(.keyID))
    }

    @Test("a token without a kid means the only key of its algorithm")
    func withoutKeyID() async throws {
        let one = try await TokenKeys(
            KeyFixture.source(secrets: [("one", SignedTokens.secret)], jwks: SignedTokens.set(SignedTokens.rsaKey)))
        #expect(one.outcome(try await KeyFixture.mint()) == .success("alice"))
        let two = try await TokenKeys(
            KeyFixture.source(secrets: [("one", SignedTokens.secret), ("two", String(repeating: "2", count: 32))]))
        #expect(two.outcome(try await KeyFixture.mint()) == .failure(.unknownKey))
        let none = TokenKeys()
        #expect(none.isEmpty)
        #expect(none.outcome(try await KeyFixture.mint()) == .failure(.unknownKey))
    }

    // MARK: - Faults

    @Test("weak and doubled secrets are refused, all at once and without showing them")
    func secrets() async {
        let faults = await KeyFixture.faults(
            KeyFixture.source(
                secrets: [("a", "hunter2-hunter2"), ("b", SignedTokens.secret), ("b", SignedTokens.secret), ("", SignedTokens.secret)],
                any: String(repeating: "x", count: 31)))
        #expect(
            faults == [
                "the secret of the kid \"a\" has 15 bytes and could be guessed: it needs 32, such as from openssl rand -hex 32",
                "the secret of the kid \"b\" has the same kid as another key",
                "a kid has 1 to 200 bytes, not 0",
                "the token secret has 31 bytes and could be guessed: it needs 32, such as from openssl rand -hex 32",
            ])
        #expect(await KeyFixture.faults(KeyFixture.source(secrets: [("a", SignedTokens.secret)], any: SignedTokens.secret)) == [])
    }

    @Test(
        "a key set that is broken is refused in words",
        arguments: [
            ("", "the key set is not JSON, at byte 0: "), ("{", "the key set is not JSON, at byte 1: "),
            ("\u{FEFF}{}", "the key set is not JSON, at byte 0: "),
            ("[]", "the key set is not an object in which"), (#"{"keys":[],"keys":[]}"#, "the key set is not an object in which"),
            ("{}", "the key set has no array called keys"), (#"{"keys":{}}"#, "the key set has no array called keys"),
            (#"{"keys":[]}"#, "the key set has no key for signatures"), (SignedTokens.rsaKey, "the key set has no array called keys"),
            (SignedTokens.set("7"), "key 1 of the key set is not an object"),
            (SignedTokens.set(#"{"kty":"RSA","kty":"RSA"}"#), "key 1 of the key set is not an object"),
            (SignedTokens.set("{}"), "key 1 of the key set has no kty"),
            (SignedTokens.set(#"{"kty":7}"#), "key 1 of the key set: kty is not a string"),
            (SignedTokens.set(#"{"kty":"oct","kid":7}"#), "key 1 of the key set has a kid that is not"),
            (SignedTokens.set(#"{"kty":"oct","kid":""}"#), "key 1 of the key set has a kid that is not"),
            (SignedTokens.set(#"{"kty":"oct","kid":"a"}"#), "key 1 of the key set (kid \"a\") has no k"),
            (SignedTokens.set(#"{"kty":"oct","k":"c2hvcnQ"}"#), "key 1 of the key set has 5 bytes and could be guessed: it needs 32"),
            (SignedTokens.set(#"{"kty":"oct","k":"c2hvcn="}"#), "key 1 of the key set: k is not base64url"),
            (
                SignedTokens.set(#"{"kty":"RSA","n":"\#(SignedTokens.weakModulus)","e":"AQAB"}"#),
                "key 1 of the key set has 1024 bits and could be broken: RSA needs 2048"
            ),
            (
                SignedTokens.set(#"{"kty":"RSA","n":"AA\#(SignedTokens.weakModulus)","e":"AQAB"}"#),
                "key 1 of the key set: n is not base64url"
            ),
            (
                SignedTokens.set(#"{"kty":"RSA","n":"AAAA\#(SignedTokens.modulus)","e":"AQAB"}"#),
                "key 1 of the key set: n begins with a zero byte"
            ),
            (SignedTokens.set(#"{"kty":"RSA","n":"\#(SignedTokens.modulus)"}"#), "key 1 of the key set has no e"),
            (SignedTokens.set(#"{"kty":"RSA","n":"\#(SignedTokens.modulus)","e":"AQ"}"#), "key 1 of the key set has an exponent e"),
            (SignedTokens.set(#"{"kty":"RSA","n":"\#(SignedTokens.modulus)","e":"Ag"}"#), "key 1 of the key set has an exponent e"),
            (SignedTokens.set(#"{"kty":"RSA","n":"\#(SignedTokens.modulus)","e":"////"}"#), "key 1 of the key set: e is not base64url"),
            (SignedTokens.set(#"{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}"#), "key 1 of the key set: x has 3 bytes, not 32"),
            (SignedTokens.set(#"{"kty":"EC","crv":"P-256","x":"\#(SignedTokens.ecX)"}"#), "key 1 of the key set has no y"),
            (
                SignedTokens.set(#"{"kty":"EC","crv":"P-256","x":"\#(SignedTokens.ecX)","y":"\#(SignedTokens.ecX)"}"#),
                "key 1 of the key set is no usable key"
            ),
            (SignedTokens.set(#"{"kty":"OKP","crv":"Ed25519","x":"AQAB"}"#), "key 1 of the key set: x has 3 bytes, not 32"),
            (
                SignedTokens.set(SignedTokens.rsaKey, SignedTokens.rsaKey),
                "key 2 of the key set (kid \"rs\") has the same kid as another key"
            ),
            (
                SignedTokens.set(
                    #"{"kty":"OKP","crv":"Ed25519","x":"\#(SignedTokens.edX)"}"#,
                    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#),
                "key 2 of the key set is one of several keys for EdDSA without a kid"
            ),
        ])
    func brokenSets(jwks: String, fault: String) async throws {
        let faults = await KeyFixture.faults(KeyFixture.source(jwks: jwks))
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test("a set that is too long, or has too many keys, is refused") func largeSets() async {
        let many = #"{"keys":[\#(Array(repeating: #"{"kty":"RSA","use":"enc"}"#, count: 257).joined(separator: ","))]}"#
        #expect(await KeyFixture.faults(KeyFixture.source(jwks: many)).first == "the key set has more than 256 keys")
        let long = String(repeating: " ", count: 1_000_001)
        #expect(await KeyFixture.faults(KeyFixture.source(jwks: long)) == ["the key set is longer than 1000000 bytes"])
    }

    @Test(
        "keys that are for something else are left out with a note",
        arguments: [
            (#"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, "its use is not sig"),
            (#"{"kty":"RSA","alg":"RSA-OAEP","n":"\#(SignedTokens.modulus)","e":"AQAB"}"#, "it is for RSA-OAEP"),
            (#"{"kty":"RSA","alg":"PS256","n":"\#(SignedTokens.modulus)","e":"AQAB"}"#, "it is for PS256"),
            (#"{"kty":"RSA","alg":"HS256","n":"\#(SignedTokens.modulus)","e":"AQAB"}"#, "it is for HS256"),
            (#"{"kty":"EC","crv":"P-384","x":"AQAB","y":"AQAB"}"#, "EC P-384 is no kind"),
            (#"{"kty":"OKP","crv":"X25519","x":"AQAB"}"#, "OKP X25519 is no kind"),
            (#"{"kty":"AKP"}"#, "AKP is no kind"),
        ])
    func otherKeys(key: String, note: String) async throws {
        let keys = try await TokenKeys(KeyFixture.source(jwks: SignedTokens.set(key, SignedTokens.edKey)))
        #expect(keys.notes.count == 1 && keys.notes.first?.contains(note) == true, "\(keys.notes)")
        #expect(keys.outcome(SignedTokens.edDSA) == .success("alice"))
    }
}
