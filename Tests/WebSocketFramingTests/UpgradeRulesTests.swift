import Testing
import WebSocketFraming

@Suite("Opening handshake")
struct UpgradeRulesTests {
    @Test(
        "a key is the base64 form of 16 bytes",
        arguments: [
            ("dGhlIHNhbXBsZSBub25jZQ==", true), ("x3JJHMbDL1EzLkh9GBhXDw==", true), ("+/+/+/+/+/+/+/+/+/+/+w==", true),
            ("AAAAAAAAAAAAAAAAAAAAAA==", true),
            ("", false), ("=", false), ("dGhlIHNhbXBsZSBub25jZQ=", false), ("dGhlIHNhbXBsZSBub25jZQ", false),
            ("dGhlIHNhbXBsZSBub25jZQ===", false),
            ("dGhlIHNhbXBsZSBub25jZWE=", false), ("dGhlIHNhbXBsZSBub25jZWFh", false), ("dGhlIHNhbXBsZSBub25j=Q==", false),
            ("dGhlIHNhbXBsZSBub25_ZQ==", false),
            (" GhlIHNhbXBsZSBub25jZQ==", false), ("dGhlIHNhbXBsZSBub2é=Q==", false), (String(repeating: "A", count: 10_000), false),
        ])
    func key(value: String, isValid: Bool) {
        #expect(UpgradeRules.isValidKey(Array(value.utf8).span) == isValid)
    }

    @Test(
        "versions 13 and 8",
        arguments: [
            ("13", true), ("8", true), ("7", false), ("12", false), ("14", false), ("0", false), ("", false), ("013", false),
            ("13,8", false), ("8 ", false),
        ])
    func version(value: String, isSupported: Bool) {
        #expect(UpgradeRules.isSupportedVersion(Array(value.utf8).span) == isSupported)
    }

    @Test(
        "the first subprotocol offered is chosen, if it is a token",
        arguments: [
            ("arduino", "arduino"), ("chat, superchat", "chat"), ("chat,superchat", "chat"), (" chat\t , x", "chat"), (", ,chat", "chat"),
            ("v1.json!#$%&'*+-.^_`|~9", "v1.json!#$%&'*+-.^_`|~9"), ("chat, b@d", "chat"),
            ("", nil), (" ", nil), (",", nil), ("b@d, chat", nil), ("two words", nil), ("a;b", nil), ("a=b", nil), ("\"a\"", nil),
            ("é", nil), ("a\r\nX: y", nil),
            ("a\0", nil), ("(a)", nil), ("a/b", nil),
        ] as [(String, String?)])
    func subprotocol(value: String, chosen: String?) {
        let bytes = Array(value.utf8)
        let range = UpgradeRules.firstSubprotocol(in: bytes.span)
        #expect(range.map { Array(bytes[$0]) } == chosen.map { Array($0.utf8) })
    }

    @Test("the key's suffix is the one of RFC 6455 1.3")
    func keySuffix() {
        #expect(UpgradeRules.keySuffix == "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    }
}
