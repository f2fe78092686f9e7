import AccessControl
import Testing

@Suite("Publish keys")
struct PublishKeysTests {
    private let keys = PublishKeys(["correct-horse", "next-Key=="])

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
        let composed = PublishKeys(["caf\u{E9}"])
        #expect(composed.accepts(authorization: nil, apiKey: "caf\u{E9}"))
        #expect(!composed.accepts(authorization: nil, apiKey: "cafe\u{301}"))
    }

    @Test("without a key nobody is accepted")
    func none() {
        let none = PublishKeys([])
        #expect(none.isEmpty)
        #expect(!none.accepts(authorization: nil, apiKey: nil))
        #expect(!none.accepts(authorization: "Bearer ", apiKey: ""))
    }

    @Test("an empty key closes the server, and opens it to nobody")
    func empty() {
        let empty = PublishKeys([""])
        #expect(!empty.isEmpty)
        for key in ["", " ", "x", "\u{FF}"] {
            #expect(!empty.accepts(authorization: "Bearer \(key)", apiKey: key))
        }
    }
}
