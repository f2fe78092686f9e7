import AccessControl
import TestSupport
import Testing

/// What is refused before any key is looked at (RFC 7515 section 7.1; abuse cases J1 and J3).
@Suite("Compact tokens")
struct CompactTokenTests {
    @Test("the four algorithms, with and without a kid", arguments: ["HS256", "ES256", "RS256", "EdDSA"])
    func algorithms(name: String) throws {
        let plain = try TokenText.parse(TokenText.token(#"{"alg":"\#(name)"}"#, #"{"a":1}"#)).get()
        #expect(plain.algorithm.name.description == name)
        #expect(plain.keyID == nil)
        #expect(plain.payload == Array(#"{"a":1}"#.utf8))
        #expect(plain.signature == Array("sig".utf8))
        let named = try TokenText.parse(TokenText.token(#"{"typ":"JWT","kid":"k\u00e9y","alg":"\#(name)","x":[{}]}"#)).get()
        #expect(named.keyID == Array("kéy".utf8))
    }

    @Test("the signature is over everything before the second dot")
    func signedBytes() throws {
        let token = TokenText.token()
        let compact = try TokenText.parse(token).get()
        #expect(token[compact.signedByteCount] == UInt8(ascii: "."))
        #expect(token.count == compact.signedByteCount + 1 + "c2ln".utf8.count)
    }

    @Test(
        "J1: every other algorithm, none in any spelling among them",
        arguments: [
            #""none""#, #""None""#, #""nONE""#, #""""#, #""hs256""#, #""HS256 ""#, #""HS384""#, #""RS512""#, #""PS256""#, #""ES256K""#,
            #""eddsa""#, #""HS256\u0000""#, "256", "null", "true", #"["HS256"]"#, #"{"alg":"HS256"}"#,
        ])
    func otherAlgorithms(value: String) {
        #expect(TokenText.parse(TokenText.token(#"{"alg":\#(value)}"#)).failure == .algorithm)
    }

    @Test("J1: a header without alg") func noAlgorithm() {
        #expect(TokenText.parse(TokenText.token(#"{"typ":"JWT"}"#)).failure == .algorithm)
    }

    @Test("J1: crit, whatever it lists, and under any spelling of its name", arguments: ["[]", #"["exp"]"#, #"["b64"]"#, "null", "1"])
    func critical(value: String) {
        #expect(TokenText.parse(TokenText.token(#"{"alg":"HS256","crit":\#(value)}"#)).failure == .critical)
        #expect(TokenText.parse(TokenText.token(#"{"alg":"HS256","cr\u0069t":\#(value)}"#)).failure == .critical)
    }

    @Test(
        "J1: a header that is no object in which each name occurs once",
        arguments: [
            "", "[]", "null", "7", #""alg""#, "{", #"{"alg":"HS256"} {}"#, #"{"alg":"HS256",}"#, #"{'alg':'HS256'}"#, "\u{FEFF}{}",
            #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"none","\u0061lg":"HS256"}"#, #"{"alg":"HS256","x":{"y":1,"y":1}}"#,
            #"{"alg":"HS256","x":[[{"y":1,"\u0079":1}]]}"#, #"{"alg":"\ud800"}"#,
            #"{"alg":"HS256","x":\#(String(repeating: "[", count: 16))\#(String(repeating: "]", count: 16))}"#,
        ])
    func headers(text: String) {
        #expect(TokenText.parse(TokenText.token(text)).failure == .header)
    }

    @Test("J1: other than three parts, padding, the other alphabet, white space, bits that are not zero")
    func forms() {
        let header = TokenText.part(TokenText.header)
        let forms = [
            ".", "..", "a", "a.b", "\(header).", "\(header)..", "\(header).e30.", "\(header).e30", "\(header).e30.c2ln.c2ln",
            "\(header).e30.c2ln.",
            ".\(header).e30.c2ln", "\(header)=.e30.c2ln", "\(header).e30=.c2ln", "\(header).e30.c2k=", "\(header).e30.c2ln\n",
            " \(header).e30.c2ln",
            "\(header).e30.c2+n", "\(header).e30.c2/n", "\(header).e30.c2l", "\(header).e30.c", "\(header).e3.c2ln", "\(header).é.c2ln",
            "\(header).e30.\0\0",
        ]
        for form in forms {
            #expect(TokenText.parse(Array(form.utf8)).failure == .malformed, "\(form)")
        }
        #expect(TokenText.parse(Array("\(header).e30.c2ln".utf8)).success != nil)
        #expect(TokenText.parse([]).failure == .missing)
    }

    @Test("J1: up to 8 KiB, and a megabyte is not even read")
    func size() {
        let rest = TokenText.token().count
        let longest = TokenText.token(signature: String(repeating: "A", count: CompactToken.maximumByteCount - rest + 4))
        #expect(longest.count == CompactToken.maximumByteCount)
        #expect(TokenText.parse(longest).success != nil)
        #expect(TokenText.parse(longest + Array("AAAA".utf8)).failure == .tooLong)
        #expect(TokenText.parse(Array(repeating: UInt8(ascii: "."), count: 1_000_000)).failure == .tooLong)
    }

    @Test(
        "J3: a kid is a name in a table: no path or address is anything else, and a long or typed one is refused",
        arguments: [
            (#""../../etc/passwd""#, nil), (#""https://evil.example/jwks""#, nil), (#""' OR 1=1 --""#, nil), (#""\u0000""#, nil),
            (#""""#, .keyID), ("1", .keyID), ("null", .keyID), (#"["a"]"#, .keyID), (#"{}"#, .keyID),
        ] as [(String, TokenFault?)])
    func keyIDs(value: String, fault: TokenFault?) {
        #expect(TokenText.parse(TokenText.token(#"{"alg":"HS256","kid":\#(value)}"#)).failure == fault)
    }

    @Test("J3: a kid of 200 bytes is the longest") func longKeyID() {
        for (count, fault) in [(200, nil), (201, .keyID), (5_000, .keyID)] as [(Int, TokenFault?)] {
            let kid = String(repeating: "k", count: count)
            #expect(TokenText.parse(TokenText.token(#"{"alg":"HS256","kid":"\#(kid)"}"#)).failure == fault)
        }
    }

    @Test("headers that bring keys or addresses of keys bring nothing")
    func foreignKeys() throws {
        let header = #"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"jku":"https://evil.example","x5u":"file:///x","x5c":["AAAA"]}"#
        let token = try TokenText.parse(TokenText.token(header)).get()
        #expect(token.keyID == nil)
    }

    @Test("no mutation of a token ends the process, and what is still taken says what it says") func mutations() {
        var generator = SeededGenerator(seed: 1)
        let sound = TokenText.token(#"{"alg":"ES256","kid":"key-1"}"#, #"{"sub":"alice","exp":1e3,"channels":["a.*"],"info":{"x":[1,2]}}"#)
        var taken = 0
        for _ in 0..<20_000 {
            var token = sound
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                let index = Int.random(in: 0..<token.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: token[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: token.remove(at: index)
                case 2: token.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
                default: token = Array(token[..<max(index, 1)])
                }
                if token.isEmpty { token = [0] }
            }
            guard let compact = TokenText.parse(token).success else { continue }
            taken += 1
            #expect(compact.signedByteCount < token.count && !compact.signature.isEmpty)
            _ = TokenText.claims(String(decoding: compact.payload, as: UTF8.self))
        }
        #expect(taken > 100, "the mutations reach the claims too")
    }
}
