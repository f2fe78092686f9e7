import Testing
import WireBytes

@Suite("Names")
struct NameRuleTests {
    private func channel(_ name: String) -> NameFault? {
        let bytes = Array(name.utf8)
        return NameRule.checkChannel(bytes.span)
    }

    private func event(_ name: String) -> NameFault? {
        let bytes = Array(name.utf8)
        return NameRule.checkEvent(bytes.span)
    }

    @Test(
        "ordinary and odd names are allowed for both",
        arguments: [
            "a", "news", "room/1", "a b", "a  b", "...", ".a", "a.", ". .", "%2F", "a+b", "é", "e\u{301}", "日本語", "😀", "👩‍👩‍👧", "\u{A0}",
            "\u{A0}a\u{A0}", "\u{3000}a", "\u{200B}", "\u{200D}", "\u{200E}",
            "\u{200F}", "\u{2027}", "\u{202F}", "\u{2065}", "\u{206A}", "\u{FFFC}", "\u{FFFE}", "\u{10FFFF}", "\u{E000}", "\"", "\\", "<b>",
            "'", "null", "0", "*", "#", "?", "fanfare", "Fanfare:x", "fanfare ",
            "xfanfare:", "fanfar:", "Connect", "connect ", "connected", "newlistener", "message", "error", "ping",
        ].filter { !$0.hasSuffix(" ") })
    func allowed(name: String) {
        #expect(channel(name) == nil)
        #expect(event(name) == nil)
    }

    @Test(
        "forbidden names are refused for both, with the reason",
        arguments: [
            ("", .empty), (" ", .spaceAtEnd), (" a", .spaceAtEnd), ("a ", .spaceAtEnd), (".", .dots), ("..", .dots),
            ("\u{0}", .controlCharacter), ("a\u{1F}b", .controlCharacter), ("a\nb", .controlCharacter),
            ("a\tb", .controlCharacter), ("\u{7F}", .controlCharacter), ("\u{80}", .controlCharacter), ("a\u{85}", .controlCharacter),
            ("\u{9F}a", .controlCharacter), ("a\u{2028}", .lineSeparator),
            ("\u{2029}a", .lineSeparator), ("\u{202A}", .bidirectionalControl), ("a\u{202E}b", .bidirectionalControl),
            ("\u{2066}", .bidirectionalControl), ("x\u{2069}", .bidirectionalControl),
            ("\u{FEFF}a", .byteOrderMark), ("a\u{FEFF}", .byteOrderMark), ("\u{FFFD}", .replacementCharacter),
            ("a\u{FFFD}b", .replacementCharacter), ("fanfare:", .reservedPrefix),
            ("fanfare:expired", .reservedPrefix), ("fanfare::", .reservedPrefix),
        ] as [(String, NameFault)])
    func forbidden(name: String, fault: NameFault) {
        #expect(channel(name) == fault)
        #expect(event(name) == fault)
    }

    @Test(
        "names that Socket.IO keeps are refused as events only",
        arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func reserved(name: String) {
        #expect(channel(name) == nil)
        #expect(event(name) == .reservedEvent)
    }

    @Test("every scalar up to U+FFFF and a few above: exactly the listed ones are refused")
    func everyScalar() {
        let refused: Set<UInt32> = Set(
            Array(0x00...0x20) + Array(0x7F...0x9F) + Array(0x2028...0x202E) + Array(0x2066...0x2069) + [0x2E, 0xFEFF, 0xFFFD])
        for value in Array(UInt32(0)...0xFFFF) + [0x10000, 0x1F600, 0x10FFFF] {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(Character(scalar).utf8)
            if (NameRule.checkChannel(bytes.span) != nil) != refused.contains(value) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }

    @Test("the length is counted in bytes: 200 are allowed, 201 are not")
    func length() {
        #expect(NameRule.maximumByteCount == 200)
        #expect(channel(String(repeating: "a", count: 200)) == nil)
        #expect(channel(String(repeating: "a", count: 201)) == .tooLong)
        #expect(channel(String(repeating: "é", count: 100)) == nil)
        #expect(channel(String(repeating: "é", count: 100) + "a") == .tooLong)
        #expect(event(String(repeating: "😀", count: 50)) == nil)
        #expect(event(String(repeating: "😀", count: 51)) == .tooLong)
        #expect(channel(String(repeating: "\u{0}", count: 1_000_000)) == .tooLong)
    }

    @Test("what is not UTF-8 is refused", arguments: JSONTexts.badSequences)
    func invalidUTF8(bytes: [UInt8]) {
        #expect(NameRule.checkChannel(bytes.span) == .invalidUTF8)
        let longer = Array("room".utf8) + bytes
        #expect(NameRule.checkEvent(longer.span) == .invalidUTF8)
    }

    @Test("a name as it comes out of the path is judged by what it decodes to")
    func decodedPath() {
        let cases: [(String, NameFault?)] = [
            ("a%c2%85", .controlCharacter), ("%20a", .spaceAtEnd), ("%2e%2e", .dots), ("fanfare%3Ax", .reservedPrefix), ("a%2Fb", nil),
            ("%EF%BB%BFa", .byteOrderMark),
        ]
        for (path, fault) in cases {
            let bytes = Array(path.utf8)
            let name = PercentDecoding.decode(0..<bytes.count, of: bytes.span) ?? []
            #expect(NameRule.checkChannel(name.span) == fault, "\(path)")
        }
    }

    @Test("every fault has a sentence of its own")
    func messages() {
        let faults: [NameFault] = [
            .empty, .tooLong, .invalidUTF8, .controlCharacter, .lineSeparator, .bidirectionalControl, .byteOrderMark, .replacementCharacter,
            .spaceAtEnd, .dots, .reservedPrefix, .reservedEvent,
        ]
        #expect(Set(faults.map(\.message)).count == faults.count)
        for fault in faults {
            #expect(fault.message.hasSuffix("."))
        }
        #expect(NameFault.tooLong.message.contains("200"))
    }
}
