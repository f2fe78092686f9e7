import Testing
import WireBytes

@Suite("ASCII")
struct ASCIITests {
    @Test(
        "comparing ignores the case of A–Z and of nothing else",
        arguments: [
            ("", "", true), ("a", "A", true), ("Upgrade", "upgrade", true), ("WEBSOCKET", "websocket", true), ("a", "b", false),
            ("a", "ab", false), ("ab", "a", false), ("@", "`", false), ("[", "{", false),
            ("é", "É", false), ("é", "é", true), ("K", "\u{212A}", false), ("0", "P", false), ("a-b", "A-B", true), ("\r", "-", false),
        ])
    func equalsIgnoringCase(a: String, b: String, expected: Bool) {
        let (left, right) = (Array(a.utf8), Array(b.utf8))
        #expect(ASCII.equalsIgnoringCase(left.span, right.span) == expected)
        #expect(ASCII.equalsIgnoringCase(right.span, left.span) == expected)
    }

    @Test("text known when the program is written compares likewise")
    func staticText() {
        let name = Array("Content-TYPE".utf8)
        #expect(ASCII.equalsIgnoringCase(name, "content-type"))
        #expect(!ASCII.equalsIgnoringCase(name, "content-typ"))
        #expect(!ASCII.equals(name, "content-type"))
        #expect(ASCII.equals(name, "Content-TYPE"))
        #expect(ASCII.equals([UInt8(ascii: ".")], "."))
        let none: [UInt8] = []
        #expect(ASCII.equals(none, ""))
        #expect(!ASCII.equals(none, "a"))
    }

    @Test(
        "a list holds whole elements, in any case, with blanks around them",
        arguments: [
            ("upgrade", "Upgrade", true), ("upgrade", "keep-alive, Upgrade", true), ("upgrade", "keep-alive ,\tUPGRADE\t, x", true),
            ("upgrade", "upgraded", false), ("upgrade", "up grade", false),
            ("upgrade", "", false), ("upgrade", ",,,", false), ("upgrade", ",upgrade,", true), ("upgrade", "x-upgrade", false),
            ("gzip", "gzip;q=0", false), ("gzip", "br, gzip", true), ("", "a,,b", false),
            ("", "", false), ("a,b", "a,b", false), ("upgrade", "  upgrade", true), ("upgrade", "\nupgrade", false),
            ("return=minimal", "respond-async, return=minimal", true),
        ])
    func lists(token: String, value: String, expected: Bool) {
        let (token, value) = (Array(token.utf8), Array(value.utf8))
        #expect(ASCII.listContains(token.span, in: value.span) == expected)
    }

    @Test("a list is searched for text known when the program is written")
    func staticToken() {
        let value = Array("keep-alive, Upgrade".utf8)
        #expect(ASCII.listContains("upgrade", in: value))
        #expect(!ASCII.listContains("close", in: value))
    }

    @Test("blanks are spaces and tabs, at the ends only, and a range outside is empty")
    func blanks() {
        let bytes = Array(" \ta b\t x\n ".utf8)
        #expect(ASCII.trimmingBlanks(0..<bytes.count, of: bytes.span) == 2..<9)
        #expect(ASCII.trimmingBlanks(0..<2, of: bytes.span).isEmpty)
        #expect(ASCII.trimmingBlanks(0..<100, of: bytes.span).isEmpty)
        #expect(ASCII.trimmingBlanks(-1..<3, of: bytes.span).isEmpty)
    }

    @Test("hexadecimal digits of either case have a value, other bytes have none")
    func hexadecimal() {
        for byte in UInt8.min...UInt8.max {
            let expected = byte < 0x80 ? Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) : nil
            #expect(ASCII.hexadecimalValue(byte) == expected)
        }
    }

    @Test(
        "decimal: digits only, 19 of them at most, up to the largest Int",
        arguments: [
            ("0", 0), ("7", 7), ("007", 7), ("1000000", 1_000_000), ("9223372036854775807", Int.max), ("0000000000000000001", 1), ("", nil),
            ("9223372036854775808", nil), ("9999999999999999999", nil),
            ("00000000000000000001", nil), ("10000000000000000000", nil), ("-1", nil), ("+1", nil), (" 1", nil), ("1 ", nil), ("1.0", nil),
            ("1e3", nil), ("0x1", nil), ("a", nil), ("1:", nil), ("1/", nil), ("１", nil),
            ("1,000", nil), ("1\u{0}", nil),
        ] as [(String, Int?)])
    func parse(text: String, expected: Int?) {
        let bytes = Array(text.utf8)
        #expect(ASCII.parseDecimal(bytes.span) == expected)
    }

    @Test(
        "decimal numbers are counted, appended and written alike",
        arguments: [0, 1, 9, 10, 11, 99, 100, 101, 1_000_000, 999_999_999, Int.max - 1, Int.max, -1, -10, Int.min, Int.min + 1])
    func write(number: Int) {
        let expected = Array(String(number).utf8)
        #expect(ASCII.decimalDigits(number) == expected.count)
        var output = [UInt8(ascii: "x")]
        ASCII.appendDecimal(number, to: &output)
        #expect(output == [UInt8(ascii: "x")] + expected)
        #expect(Bytes.written(capacity: expected.count) { ASCII.writeDecimal(number, into: &$0) } == expected)
    }

    @Test("every power of ten and its neighbours come back")
    func powers() {
        var power = 1
        while true {
            for number in [power - 1, power, power + 1] {
                var output: [UInt8] = []
                ASCII.appendDecimal(number, to: &output)
                #expect(ASCII.parseDecimal(output.span) == number)
            }
            let (next, isTooLarge) = power.multipliedReportingOverflow(by: 10)
            if isTooLarge { break }
            power = next
        }
    }
}
