@testable import AccessControl
import Testing

@Suite("Keys")
struct AccessKeysTests {
    private let keys = AccessKeys([
        AccessKey(name: "old", secret: "correct-horse"), AccessKey(name: "new", secret: "next-Key=="),
    ])

    @Test(
        "every key is accepted, in either header",
        arguments: [
            ("Bearer correct-horse", nil), ("bearer correct-horse", nil), ("BEARER correct-horse", nil), ("bEaReR next-Key==", nil),
            ("Bearer   correct-horse", nil), (nil, "correct-horse"), (nil, "next-Key=="), ("Bearer correct-horse", "correct-horse"),
            ("Bearer correct-horse", "next-Key=="),
        ] as [(String?, String?)])
    func accepts(authorization: String?, apiKey: String?) {
        #expect(keys.accepts(authorization: authorization, apiKey: apiKey))
    }

    @Test(
        "a right key in one header makes up for a wrong one in the other",
        arguments: [
            ("Bearer wrong", "correct-horse"), ("Basic dXNlcjpzZWNyZXQ=", "correct-horse"), ("Bearer correct-horse", "wrong"),
            ("Bearer correct-horse", ""),
        ])
    func acceptsOneOfTwo(authorization: String, apiKey: String) {
        #expect(keys.accepts(authorization: authorization, apiKey: apiKey))
    }

    @Test(
        "nothing but a whole key is accepted",
        arguments: [
            nil, "", " ", "c", "correct-hors", "correct-horsf", "Correct-horse", "CORRECT-HORSE", "correct-horse ",
            "correct-horse1", "correct-horsecorrect-horse", "correct-horse\0", "\0correct-horse", "orrect-horse", "next-Key=", "next-key==",
            "correct-horsenext-Key==", "correct-horse,next-Key==", "wrong", "correct\u{2010}horse",
            String(repeating: "correct-horse", count: 1_000),
        ])
    func refuses(key: String?) {
        #expect(!keys.accepts(authorization: nil, apiKey: key))
        #expect(!keys.accepts(authorization: key.map { "Bearer \($0)" }, apiKey: nil))
    }

    @Test(
        "only the Bearer scheme carries a key in Authorization",
        arguments: [
            "correct-horse", "Bearer", "Bearer ", "Bearercorrect-horse", "Bearer:correct-horse", "Bearer\tcorrect-horse",
            "Basic correct-horse",
            "Token correct-horse", "Bearers correct-horse", " Bearer correct-horse", "Bearer \"correct-horse\"", "Bearer correct-horse, x",
        ])
    func refusesOtherSchemes(authorization: String) {
        #expect(!keys.accepts(authorization: authorization, apiKey: nil))
    }

    @Test("keys are bytes: canonically equivalent texts are two keys")
    func comparesBytes() {
        let composed = AccessKeys([AccessKey(name: "a", secret: "caf\u{E9}")])
        #expect(composed.accepts(authorization: nil, apiKey: "caf\u{E9}"))
        #expect(!composed.accepts(authorization: nil, apiKey: "cafe\u{301}"))
    }

    @Test("without a key nobody is accepted")
    func none() {
        let none = AccessKeys([])
        #expect(none.isEmpty)
        #expect(!none.accepts(authorization: nil, apiKey: nil))
        #expect(!none.accepts(authorization: "Bearer ", apiKey: ""))
    }

    @Test("an empty key closes the server, and opens it to nobody")
    func empty() {
        let empty = AccessKeys([AccessKey(name: "a", secret: "")])
        #expect(!empty.isEmpty)
        for key in ["", " ", "x", "\u{FF}"] {
            #expect(!empty.accepts(authorization: "Bearer \(key)", apiKey: key))
        }
    }

    @Test(
        "the key that was found is told by its name; of two known ones that of Authorization",
        arguments: [
            ("Bearer correct-horse", nil, "old"), ("Bearer next-Key==", nil, "new"), (nil, "next-Key==", "new"),
            ("Bearer correct-horse", "next-Key==", "old"), ("Bearer next-Key==", "correct-horse", "new"),
            ("Bearer wrong", "next-Key==", "new"), ("Bearer next-Key==", "wrong", "new"), ("Bearer wrong", "wrong", "unknown"),
            (nil, nil, "none"), ("Basic next-Key==", nil, "none"), ("Bearer", nil, "none"),
        ] as [(String?, String?, String)])
    func names(authorization: String?, apiKey: String?, name: String) {
        #expect(keys.find(authorization: authorization, apiKey: apiKey).name == name)
    }

    /// The padding is to powers of two: secrets and guesses around them, also such as end in what is padded with.
    @Test("keys of every length are accepted whole, and neither cut, padded nor repeated", arguments: 1...130)
    func lengths(count: Int) {
        let secret = String(decoding: (0..<count).map { UInt8(ascii: "!") + UInt8($0 % 90) }, as: UTF8.self)
        let keys = AccessKeys([AccessKey(name: "a", secret: secret)])
        #expect(keys.accepts(authorization: nil, apiKey: secret))
        for guess in [
            String(secret.dropLast()), secret + "\0", secret + secret, secret + String(repeating: "\0", count: 128 - count % 128),
        ] {
            #expect(!keys.accepts(authorization: nil, apiKey: guess))
        }
        for index in 0..<count {
            var bytes = Array(secret.utf8)
            bytes[index] ^= 1
            #expect(!keys.accepts(authorization: nil, apiKey: String(decoding: bytes, as: UTF8.self)))
        }
    }

    @Test("two keys with one secret are told, for which of the two it would be could only be guessed")
    func equalPair() {
        #expect(keys.equalPair == nil)
        let pair = AccessKeys([
            AccessKey(name: "a", secret: "x"), AccessKey(name: "b", secret: "x\0"), AccessKey(name: "c", secret: "x"),
        ]).equalPair
        #expect(pair?.0 == "a" && pair?.1 == "c")
    }

    @Test("a key below 16 bytes is short")
    func short() {
        let keys = AccessKeys([
            AccessKey(name: "short", secret: String(repeating: "x", count: 15)),
            AccessKey(name: "long", secret: String(repeating: "x", count: 16)), AccessKey(name: "empty", secret: ""),
        ])
        #expect(keys.shortNames == ["short", "empty"])
    }

    @Test("a key that is limited to channels may publish to these, byte by byte; another one to all")
    func channels() throws {
        let patterns = try ["orders.*", "private-a"].map { try ChannelPattern($0) }
        let limited = AccessKey(name: "a", secret: "x", may: [.publish], channels: patterns)
        #expect(limited.isLimitedToChannels)
        for name in ["orders.1", "private-a"] { #expect(limited.mayPublish(to: name)) }
        for name in ["orders", "orders.1.2", "Orders.1", "private-a\u{301}", "private-\u{E1}", "private-", "private-ab", "news"] {
            #expect(!limited.mayPublish(to: name))
        }
        let free = AccessKey(name: "a", secret: "x", may: [.publish])
        #expect(!free.isLimitedToChannels && free.mayPublish(to: "news"))
        #expect(!AccessKey(name: "a", secret: "x", may: [.read, .admin]).mayPublish(to: "news"))
    }

    @Test("whatever prints a key prints no secret")
    func printing() {
        let keys = AccessKeys([AccessKey(name: "default", secret: "top-secret")])
        var dumped = ""
        dump(keys, to: &dumped)
        let bytes = Array("top-secret".utf8).map { "\($0)" }
        for text in ["\(keys)", String(reflecting: keys), dumped] {
            #expect(text.contains("default"))
            #expect(!text.contains("top-secret"))
            #expect(!text.contains(bytes.joined(separator: ", ")) && !text.contains("- \(bytes[0])\n"))
        }
    }
}

extension AccessKeys {
    fileprivate func accepts(authorization: String?, apiKey: String?) -> Bool {
        if case .known = self.find(authorization: authorization, apiKey: apiKey) { return true }
        return false
    }
}
