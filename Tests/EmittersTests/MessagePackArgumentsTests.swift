import Emitters
import TestSupport
import Testing

@Suite("MessagePack as JSON")
struct MessagePackArgumentsTests {
    @Test(
        "numbers with a point, in JavaScript's text",
        arguments: [
            (0x3FF0_0000_0000_0000, "1"), (0xBFF0_0000_0000_0000, "-1"), (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x3FB9_9999_9999_999A, "0.1"), (0x3FF8_0000_0000_0000, "1.5"), (0x408F_4000_0000_0000, "1000"),
            (0x40FE_240C_9FBE_76C9, "123456.789"), (0x4009_21FB_5444_2D18, "3.141592653589793"),
            (0x3FD5_5555_5555_5555, "0.3333333333333333"),
            // From 1e21 on, and below 1e-6, with an exponent.
            (0x4341_C379_37E0_8000, "10000000000000000"), (0xC341_C379_37E0_8000, "-10000000000000000"),
            (0x43E0_0000_0000_0000, "9223372036854776000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x4450_5A1E_2C8F_0A00, "1.2065663275397095e+21"),
            (0x44B5_2D02_C7E1_4AF6, "1e+23"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"), (0x3F84_7AE1_47AE_147B, "0.01"),
            (0x3F1A_36E2_EB1C_432D, "0.0001"), (0x3EE4_F8B5_88E3_68F1, "0.00001"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x3E7A_D7F2_9ABC_AF48, "1e-7"), (0x0000_0000_0000_0001, "5e-324"), (0x0010_0000_0000_0000, "2.2250738585072014e-308"),
            (0x433F_FFFF_FFFF_FFFF, "9007199254740991"), (0x4340_0000_0000_0000, "9007199254740992"),
            // What JSON does not have.
            (0x7FF0_0000_0000_0000, "null"), (0xFFF0_0000_0000_0000, "null"), (0x7FF8_0000_0000_0000, "null"),
            (0xFFFF_FFFF_FFFF_FFFF, "null"),
        ] as [(UInt64, String)])
    func doubles(bits: UInt64, expected: String) {
        #expect(Outcome.arguments(.double(Double(bitPattern: bits))).arguments == "[\(expected)]")
    }

    @Test(
        "numbers of 32 bits are those that JavaScript makes of them",
        arguments: [
            (0x3F80_0000, "1"), (0x3DCC_CCCD, "0.10000000149011612"), (0x7F7F_FFFF, "3.4028234663852886e+38"),
            (0x0000_0001, "1.401298464324817e-45"),
            (0x4049_0FDB, "3.1415927410125732"), (0x7FC0_0000, "null"), (0xFF80_0000, "null"),
        ] as [(UInt32, String)])
    func floats(bits: UInt32, expected: String) {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (24 - 8 * UInt32($0))) }
        #expect(Outcome.arguments(.raw([0xCA] + bytes)).arguments == "[\(expected)]")
    }

    @Test("numbers with a point read back as themselves", arguments: 0..<4 as Range<UInt64>)
    func doublesReadBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            // Half of any size, half of those that need no exponent.
            let any = Double(bitPattern: generator.next())
            let number = generator.next() & 1 == 0 ? any : Double.random(in: -1e6...1e6, using: &generator)
            guard number.isFinite else { continue }
            let text = try #require(Outcome.arguments(.double(number)).arguments).dropFirst().dropLast()
            #expect(Double(text) == number)
        }
    }

    @Test(
        "integers in every form",
        arguments: [
            ("00", "0"), ("7f", "127"), ("e0", "-32"), ("ff", "-1"), ("cc00", "0"), ("ccff", "255"), ("cdffff", "65535"),
            ("ceffffffff", "4294967295"),
            ("cfffffffffffffffff", "18446744073709551615"), ("cf0000000000000001", "1"), ("cf8000000000000000", "9223372036854775808"),
            ("d000", "0"),
            ("d080", "-128"), ("d07f", "127"), ("d18000", "-32768"), ("d17fff", "32767"), ("d280000000", "-2147483648"),
            ("d2ffffffff", "-1"),
            ("d38000000000000000", "-9223372036854775808"), ("d37fffffffffffffff", "9223372036854775807"),
        ])
    func integers(hex: String, expected: String) {
        #expect(Outcome.arguments(.raw(Hex.bytes(hex))).arguments == "[\(expected)]")
    }

    @Test(
        "strings, arrays and maps in every form",
        arguments: [
            ("c0", "null"), ("c2", "false"), ("c3", "true"), ("a0", #""""#), ("a161", #""a""#), ("d90161", #""a""#), ("da000161", #""a""#),
            ("db0000000161", #""a""#), ("a3225c0a", #""\"\\\n""#), ("a100", #""\u0000""#), ("a4f09f9880", #""😀""#), ("90", "[]"),
            ("dc0000", "[]"),
            ("dd00000000", "[]"), ("dc00020102", "[1,2]"), ("dd000000020102", "[1,2]"), ("80", "{}"), ("de0000", "{}"),
            ("df00000000", "{}"),
            ("de0001a16101", #"{"a":1}"#), ("df00000001a16101", #"{"a":1}"#), ("82a16101a16102", #"{"a":1,"a":2}"#),
            ("810102", #"{"1":2}"#),
            ("81ff02", #"{"-1":2}"#), ("81cfffffffffffffffff02", #"{"18446744073709551615":2}"#), ("81a3220a5c02", #"{"\"\n\\":2}"#),
            ("9293c09080c0", "[[null,[],{}],null]"), ("81a16181a16282a16390a16480", #"{"a":{"b":{"c":[],"d":{}}}}"#),
        ])
    func containers(hex: String, expected: String) {
        #expect(Outcome.arguments(.raw(Hex.bytes(hex))).arguments == "[\(expected)]")
    }

    @Test("binary of every length form, in order")
    func binary() {
        for form in ["c40161", "c5000161", "c60000000161", "c7010061", "c800010061", "c9000000010061"] {
            let outcome = Outcome.arguments(.null, .raw(Hex.bytes(form)), .map([(.text("a"), .array([.binary([1]), .binary([])]))]))
            #expect(
                outcome.arguments
                    == #"[null,{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]}]"#)
            #expect(outcome.attachments == [[0x61], [1], []])
        }
    }

    @Test("a member that only looks like a placeholder is refused where there are real ones, and only there")
    func ownPlaceholder() {
        let own = Packed.map([(.text("_placeholder"), .boolean(true)), (.text("num"), .unsigned(0))])
        #expect(Outcome.arguments(own).arguments == #"[{"_placeholder":true,"num":0}]"#)
        #expect(Outcome.arguments(own, .binary([])) == .fault(.badAttachments))
        #expect(Outcome.arguments(.binary([]), .array([own])) == .fault(.badAttachments))
    }

    @Test("JavaScript's undefined: null in a list, in an object no member at all")
    func undefined() {
        let undefined = Packed.ext(0, [0])
        func map(_ names: String) -> Packed {
            .map(names.map { (.text(String($0)), $0.isUppercase ? undefined : .unsigned(1)) })
        }
        #expect(Outcome.arguments(undefined).arguments == "[null]")
        #expect(Outcome.arguments(.array([undefined, undefined])).arguments == "[[null,null]]")
        for (names, expected) in [
            ("A", "{}"), ("AB", "{}"), ("Ab", #"{"b":1}"#), ("aB", #"{"a":1}"#), ("aBc", #"{"a":1,"c":1}"#), ("ABcDEfG", #"{"c":1,"f":1}"#),
        ] {
            #expect(Outcome.arguments(map(names)).arguments == "[\(expected)]")
            #expect(Outcome.arguments(.map([(.text("x"), map(names)), (.text("Y"), undefined)])).arguments == #"[{"x":\#(expected)}]"#)
        }
        #expect(Outcome.arguments(.ext(0, [7])).arguments == "[null]")
    }

    @Test("big integers in decimal")
    func bigIntegers() {
        func big(_ text: String) -> Packed { .ext(1, Array(text.utf8)) }
        for text in ["0", "-1", "5", "18446744073709551616", "-123456789012345678901234567890"] {
            #expect(Outcome.arguments(big(text)).arguments == "[\(text)]")
        }
        for text in ["", "-", "--1", "+1", "01", "-01", "1.5", "1e5", "1n", " 1", "1 ", "null", "[1]", "0x1"] {
            #expect(Outcome.arguments(big(text)) == .fault(.messagePack(.badExtension)), "\(text)")
        }
    }

    @Test(
        "what has no place in JSON",
        arguments: [
            ("c1", MessagePackFault.reservedByte), ("a180", .invalidUTF8), ("a3eda080", .invalidUTF8), ("81c001", .badKey),
            ("81c301", .badKey),
            ("81c4016101", .badKey), ("819001", .badKey), ("818001", .badKey), ("81cb000000000000000001", .badKey), ("81d4000001", .badKey),
            ("d40200", .unknownExtension(2)), ("d480ff", .unknownExtension(-128)), ("d5000000", .unknownExtension(0)),
            ("d60000000000", .unknownExtension(0)), ("d800\(String(repeating: "00", count: 16))", .unknownExtension(0)),
            ("d4ff00", .badExtension),
            ("c700ff", .badExtension), ("c705ff0000000000", .badExtension), ("d7ffffffffffffffffff", .badExtension),
            ("c70cff3b9aca000000000000000000", .badExtension), ("81a161c1", .reservedByte),
        ])
    func refused(hex: String, fault: MessagePackFault) {
        #expect(Outcome.arguments(.raw(Hex.bytes(hex))) == .fault(.messagePack(fault)))
    }

    @Test("a count that the bytes cannot hold is not believed")
    func counts() {
        for hex in [
            "dd7fffffff", "ddffffffff", "df7fffffff", "dfffffffff", "dcffff", "9f", "8f", "dbffffffff", "c6ffffffff", "c9ffffffff00", "bf",
        ] {
            // At the very end, where nothing follows.
            let head = Hex.bytes("92 82a464617461 92 a165") + Hex.bytes(hex)
            #expect(Outcome.emitter(head) == .fault(.messagePack(.truncated)), "\(hex)")
        }
    }

    @Test("random values against the same values written as JSON", arguments: 0..<8 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = RandomPacked(seed: seed)
        for _ in 0..<200 {
            let (value, json, attachments) = random.value()
            let outcome = Outcome.arguments(value, .unsigned(1))
            if attachments.count > 10 {
                #expect(outcome == .fault(.tooManyAttachments))
            } else {
                #expect(outcome == .event(HeardEvent("e", "[\(json),1]", attachments: attachments)))
            }
        }
    }
}
