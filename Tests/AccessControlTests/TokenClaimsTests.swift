import AccessControl
import TestSupport
import Testing

/// What a signed token has to say, and when (contract 6; RFC 7519 section 4.1; abuse case J2).
@Suite("Token claims")
struct TokenClaimsTests {
    private static let now: Int64 = 1_700_000_000_000

    private static func fault(_ json: String, now: Int64 = now) -> TokenFault? {
        switch TokenText.claims(json) {
        case .success(let claims): claims.fault(now: now)
        case .failure(let fault): fault
        }
    }

    @Test("all claims are read")
    func all() throws {
        let claims = try TokenText.claims(
            #" {"sub":"al\u0069ce","exp":1700000060,"nbf":1699999999.5,"iat":1.7e9,"channels":["a.*","b"],"info": {"x": [1e400]} ,"more":1} "#
        ).get()
        #expect(claims.subject == Array("alice".utf8))
        #expect(claims.expiration == 1_700_000_060_000)
        #expect(claims.notBefore == 1_699_999_999_500)
        #expect(claims.issuedAt == 1_700_000_000_000)
        #expect(claims.info == Array(#"{"x": [1e400]}"#.utf8))
        #expect(claims.channels.count == 2)
        #expect(claims.fault(now: Self.now) == nil)
    }

    @Test(
        "J2: exp of every kind, without a trap",
        arguments: [
            (#""1700000060""#, .expiration), ("null", .expiration), ("true", .expiration), ("[1]", .expiration), ("{}", .expiration),
            ("1e400", .expiration), ("1e99999999999999999999", .expiration), ("9223372036854775808", .expiration),
            ("18446744073709551616", .expiration), ("253402300800", .expiration), ("-1", .expiration), ("-0.5", .expiration),
            ("-1e400", .expiration), ("0", .expired), ("0e999999999999999999999", .expired), ("-0", .expiration), ("1e-400", .expired),
            ("1e-99999999999999999999", .expired), ("1.5", .expired), ("253402300799", nil), ("1700000060", nil), ("1700000060.999", nil),
            ("17000000.6e2", nil), ("170000006000000000000000000e-17", nil), ("0.000000000000000000000000000001700000060E+39", nil),
            ("1700000060.00000000000000000000000000000000000000000000000001", nil),
        ] as [(String, TokenFault?)])
    func expiration(value: String, fault: TokenFault?) {
        #expect(Self.fault(#"{"sub":"a","exp":\#(value)}"#) == fault)
    }

    @Test(
        "numbers are read to the millisecond",
        arguments: [
            ("1.2345", 1_234), ("12345e-4", 1_234), ("0.0009", 0), ("1e3", 1_000_000), ("1E+3", 1_000_000), ("10.0e-1", 1_000),
            ("2.5e9", 2_500_000_000_000),
            ("253402300799.999", 253_402_300_799_999),
        ] as [(String, Int64)])
    func milliseconds(text: String, milliseconds: Int64) throws {
        #expect(try TokenText.claims(#"{"sub":"a","exp":\#(text)}"#).get().expiration == milliseconds)
    }

    @Test("J2: no exp at all")
    func noExpiration() {
        #expect(Self.fault(#"{"sub":"a"}"#) == .expiration)
    }

    @Test(
        "J2: nbf and iat ahead by more than the leeway, or of another type",
        arguments: [
            ("1700000005", nil, nil), ("1700000005.001", .early, .early), ("9999999999", .early, .early), ("0", nil, nil),
            (#""0""#, .notBefore, .issuedAt), ("null", .notBefore, .issuedAt), ("-1", .notBefore, .issuedAt),
            ("1e400", .notBefore, .issuedAt),
            ("[]", .notBefore, .issuedAt),
        ] as [(String, TokenFault?, TokenFault?)])
    func beginning(value: String, notBefore: TokenFault?, issuedAt: TokenFault?) {
        #expect(Self.fault(#"{"sub":"a","exp":9999999999,"nbf":\#(value)}"#) == notBefore)
        #expect(Self.fault(#"{"sub":"a","exp":9999999999,"iat":\#(value)}"#) == issuedAt)
    }

    @Test("a token counts until exp and the leeway, and what it admits until exp")
    func end() throws {
        let claims = try TokenText.claims(#"{"sub":"a","exp":1700000000}"#).get()
        #expect(claims.fault(now: Self.now + 4_999) == nil)
        #expect(claims.fault(now: Self.now + 5_000) == .expired)
        #expect(claims.lifetime(now: Self.now - 60_000) == 60_000)
        #expect(claims.lifetime(now: Self.now - 1) == 1)
        #expect(claims.lifetime(now: Self.now) == 5_000, "taken within the leeway it lasts to the end of that")
        #expect(claims.lifetime(now: Self.now + 4_000) == 1_000)
        #expect(claims.lifetime(now: Self.now + 9_000) == 0)
    }

    @Test(
        "J1: claims that are no object in which each name occurs once",
        arguments: [
            "", "[]", "null", "1", #""sub""#, #"{"sub":"a","exp":1"#, #"{"sub":"a","exp":9999999999,"exp":9999999999}"#,
            #"{"sub":"a","exp":1,"\u0065xp":9999999999}"#, #"{"sub":"a","exp":9999999999,"info":{"x":{"y":1,"y":2}}}"#,
            #"{"sub":"a","exp":9999999999,"x":[{"y":1,"y":2}]}"#, "{\"sub\":\"\u{0}\",\"exp\":9999999999}",
        ])
    func objects(json: String) {
        #expect(TokenText.claims(json).failure == .claims)
    }

    @Test(
        "sub is a non-empty string", arguments: ["1", "null", #""""#, "[]", #"["a"]"#, "{}", #""\#(String(repeating: "s", count: 201))""#])
    func subject(value: String) {
        #expect(Self.fault(#"{"sub":\#(value),"exp":9999999999}"#) == .subject)
    }

    @Test("sub is not optional") func noSubject() {
        #expect(Self.fault(#"{"exp":9999999999}"#) == .subject)
        #expect(Self.fault(#"{"sub":"\#(String(repeating: "s", count: 200))","exp":9999999999}"#) == nil)
    }

    @Test(
        "channels is an array of patterns",
        arguments: [#""a""#, "null", "{}", "[1]", "[null]", #"[["a"]]"#, #"["a",""]"#, #"["***"]"#, #"[" a"]"#, #"["fanfare:x"]"#])
    func channels(value: String) {
        #expect(Self.fault(#"{"sub":"a","exp":9999999999,"channels":\#(value)}"#) == .channels)
    }

    @Test("256 patterns are the most") func manyChannels() {
        func list(_ count: Int) -> String { Array(repeating: #""a""#, count: count).joined(separator: ",") }
        #expect(Self.fault(#"{"sub":"a","exp":9999999999,"channels":[\#(list(256))]}"#) == nil)
        #expect(Self.fault(#"{"sub":"a","exp":9999999999,"channels":[\#(list(257))]}"#) == .channels)
    }

    @Test(
        "J5: a channel is admitted by its bytes and no others",
        arguments: [
            ("private-a", true), ("private-a\u{301}", false), ("private-á", false), ("private-", false), ("private-aa", false),
            ("Private-a", false),
            ("private-a.b", false), ("private-\u{430}", false), ("orders.7", true), ("orders.", false), ("orders", false),
            ("orders.7.8", false),
            ("xorders.7", false), ("deep.a.b", true), ("deep", false), ("deep.", false), ("caf\u{E9}", true), ("cafe\u{301}", false),
        ])
    func admits(channel: String, isAdmitted: Bool) throws {
        let claims = try TokenText.claims(#"{"sub":"a","exp":1,"channels":["private-a","orders.*","deep.**","caf\u00e9"]}"#).get()
        #expect(claims.admits(Array(channel.utf8).span) == isAdmitted)
    }

    @Test("without channels nothing is admitted") func admitsNothing() throws {
        #expect(try TokenText.claims(#"{"sub":"a","exp":1}"#).get().admits(Array("a".utf8).span) == false)
    }

    @Test("every fault has words and a label of a counter", arguments: TokenFault.allCases)
    func words(fault: TokenFault) {
        #expect(fault.message.hasSuffix("."))
        #expect(fault.label.description.hasPrefix("token_"))
    }
}
