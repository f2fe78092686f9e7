@testable import AccessControl
import Testing
import TestSupport
import WireBytes

@Suite("Channel patterns")
struct ChannelPatternTests {
    private func matches(_ pattern: String, _ name: String) throws -> Bool {
        try ChannelPattern(pattern).matches(name)
    }

    @Test(
        "* is one or more bytes but a dot, ** one or more bytes, everything else itself",
        arguments: [
            (
                "orders.*", ["orders.1", "orders.é", "orders.*", "orders. ", "orders.\u{1F600}"],
                ["orders", "orders.", "orders.1.2", "xorders.1"]
            ),
            ("a.**", ["a.b", "a.b.c", "a..", "a.."], ["a", "a.", "ab", "b.a.c"]),
            ("*", ["a", "abc", "é", "a/b", "*"], ["", ".", "a.b", ".a", "a."]),
            ("**", ["a", ".", "a.b", "..."], [""]),
            ("*.*", ["a.b"], ["a", ".", "a.", ".b", "a.b.c"]),
            ("*.**", ["a.b", "a.b.c", "a.."], ["a", ".b", "a."]),
            ("**.a", ["b.a", "..a", "b.c.a"], [".a", "a", "b.a.", "b.ab"]),
            ("a*b", ["axb", "aab", "abb", "axyzb"], ["ab", "a.b", "axbc", "a.xb"]),
            ("a**b", ["axb", "a.b", "abbb", "a.b.b"], ["ab", "axbx"]),
            ("*-*", ["a-b", "--b", "a--", "---"], ["-", "a-", "-b", "--", "a.-b"]),
            ("news", ["news"], ["new", "newss", "News", "news.", "*"]),
            ("a*.**.b*", ["ax.c.by", "ax.c.d.by", "ax.b.c.bb"], ["a.c.b", "ax.by", "ax.c.b"]),
        ] as [(String, [String], [String])])
    func table(pattern: String, matching: [String], others: [String]) throws {
        for name in matching { #expect(try matches(pattern, name), "\(name)") }
        for name in others { #expect(try !matches(pattern, name), "\(name)") }
    }

    /// J5.
    @Test("bytes are compared: neither case nor normalisation makes two names one, and nothing reads further than it says")
    func bytes() throws {
        for (pattern, name) in [
            ("private-a", "private-a\u{301}"), ("private-a*", "private-\u{E1}"), ("private-\u{E1}", "private-a\u{301}"),
            ("private-a", "private-A"),
            ("private-a", "private-a "), ("private-a", "private-\u{430}"), ("private-a", "private-a.x"), ("private-a.*", "private-ab"),
            ("\u{212B}", "\u{C5}"), ("private-?", "private-a"), ("private-[ab]", "private-a"), ("private-.", "private-a"), ("a.*", "a%2Eb"),
        ] {
            #expect(try !matches(pattern, name), "\(pattern) \(name)")
        }
        // A combining accent is two bytes more, and so a longer name.
        #expect(try matches("private-a*", "private-a\u{301}"))
    }

    @Test(
        "what is no pattern is refused with a sentence",
        arguments: [
            ("", .name(.empty)), (String(repeating: "a", count: 201), .name(.tooLong)),
            (String(repeating: "é", count: 101), .name(.tooLong)),
            ("a\nb", .name(.controlCharacter)), ("a\u{85}*", .name(.controlCharacter)), ("*\u{202E}", .name(.bidirectionalControl)),
            ("* ", .name(.spaceAtEnd)), (".", .name(.dots)), ("..", .name(.dots)), ("fanfare:*", .name(.reservedPrefix)),
            ("a\u{FFFD}", .name(.replacementCharacter)), ("***", .threeStars), ("a.***", .threeStars), ("****", .threeStars),
        ] as [(String, ChannelPattern.Fault)])
    func faults(text: String, fault: ChannelPattern.Fault) {
        #expect(throws: fault) { try ChannelPattern(text) }
        #expect(fault.message.hasSuffix("."))
    }

    @Test("bytes that are no UTF-8 are no pattern")
    func badUTF8() {
        #expect(throws: ChannelPattern.Fault.name(.invalidUTF8)) { try ChannelPattern(compiling: [0x61, 0xC3].span) }
    }

    @Test("200 bytes are a pattern, and match 200 bytes")
    func longest() throws {
        let name = String(repeating: "a", count: 200)
        #expect(try matches(name, name))
        #expect(try matches(String(repeating: "*a", count: 100), name))
        #expect(try !matches(String(repeating: "*a", count: 100), String(name.dropLast())))
    }

    /// The plain meaning, with every choice tried: exponential, so for short texts.
    private static func reference(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        guard first == UInt8(ascii: "*") else { return name.first == first && reference(pattern.dropFirst(), name.dropFirst()) }
        let isDouble = pattern.dropFirst().first == UInt8(ascii: "*")
        let rest = pattern.dropFirst(isDouble ? 2 : 1)
        var tail = name
        while let byte = tail.popFirst() {
            if !isDouble, byte == UInt8(ascii: ".") { return false }
            if reference(rest, tail) { return true }
        }
        return false
    }

    @Test("random patterns match what trying every choice says", arguments: 0..<8)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("aab..".utf8) + [0xC3, 0xA9]
        var matching = 0
        for _ in 0..<5_000 {
            var pattern: [UInt8] = []
            while pattern.count < 8, Int.random(in: 0..<8, using: &generator) > 0 {
                let isStar = pattern.last != UInt8(ascii: "*") && Bool.random(using: &generator)
                pattern +=
                    isStar ? Array((Bool.random(using: &generator) ? "*" : "**").utf8) : [alphabet.randomElement(using: &generator) ?? 0]
            }
            guard let compiled = try? ChannelPattern(compiling: pattern.span) else { continue }
            for _ in 0..<4 {
                let name = (0..<Int.random(in: 0..<10, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
                let expected = Self.reference(pattern[...], name[...])
                matching += expected ? 1 : 0
                try #require(compiled.matches(name) == expected, "\(pattern) \(name)")
            }
        }
        #expect(matching > 500, "both answers occur")
    }

    /// With backtracking the steps would be more than could ever be counted.
    @Test(
        "the worst patterns against the worst names take at most their lengths' product in steps",
        arguments: ["*a", "**a", "*a**a", "a*", "*aa"].flatMap { part in ["b", "*b", ".b"].map { (part, $0) } })
    func adversarial(part: String, end: String) throws {
        let parts = String(repeating: part, count: (200 - end.utf8.count) / part.utf8.count)
        // Where a part ends in a star and the end begins with one, they would be another wildcard.
        let pattern = parts.hasSuffix("*") && end.hasPrefix("*") ? parts + "a" + end : parts + end
        let compiled = try ChannelPattern(String(pattern.suffix(200)))
        for last in "ac." {
            for count in [199, 1_000] {
                let name = [UInt8](repeating: UInt8(ascii: "a"), count: count) + Array("\(last)".utf8)
                var steps = 0
                let isMatch = compiled.follow(name.span, &steps)
                #expect(!isMatch)
                #expect(steps > 0 && steps <= name.count * 200)
            }
        }
    }
}
