import TestSupport
import Testing
import WireBytes

@Suite("Base 64")
struct Base64Tests {
    private func encoded(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        Base64.encode(bytes.span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func decoded(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return Base64.decode(0..<bytes.count, of: bytes.span)
    }

    /// RFC 4648 section 10.
    @Test(
        "the vectors of RFC 4648 in both directions",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, expected: String) {
        #expect(encoded(Array(text.utf8)) == expected)
        #expect(decoded(expected) == Array(text.utf8))
    }

    @Test("the whole alphabet, in its order, and the two characters in which the URL form differs")
    func alphabet() throws {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let bytes = try #require(decoded(alphabet))
        #expect(bytes.count == 48)
        #expect(encoded(bytes) == alphabet)
        var output: [UInt8] = []
        Base64.encodeURLSafe(bytes.span, to: &output)
        #expect(output == Array(alphabet.replacing("+", with: "-").replacing("/", with: "_").utf8))
    }

    @Test("the URL form has no padding", arguments: [(1, 2), (2, 3), (3, 4), (15, 20), (16, 22)])
    func unpadded(count: Int, expected: Int) {
        var output: [UInt8] = []
        Base64.encodeURLSafe([UInt8](repeating: 0xFF, count: count).span, to: &output)
        #expect(output.count == expected)
        #expect(!output.contains(UInt8(ascii: "=")))
        #expect(output.first == UInt8(ascii: "_"))
    }

    @Test("encoding appends")
    func appends() {
        var output = [UInt8(ascii: "b")]
        Base64.encode([0xFF].span, to: &output)
        #expect(output == Array("b/w==".utf8))
    }

    @Test("round trips of every length", arguments: 0..<100)
    func roundTrip(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        let bytes = (0..<length).map { _ in UInt8(generator.below(256)) }
        #expect(decoded(encoded(bytes)) == bytes)
        #expect(encoded(bytes).utf8.count == (length + 2) / 3 * 4)
    }

    @Test(
        "missing padding, white space, the other alphabet, wrong padding and unused bits are refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm8", "Zm9vY", "Zg===", "=", "==", "===", "====", "=Zg=", "Z===", "Zg==Zg==", "Zm8=Zm8=", "Z=g=", "Zm9v=",
            "Zm9v====", "Zm9v ", " Zm9v", "Zm9v\n", "Zm\n9v", "Zm 9", "Zm-_", "-_-_",
            "Zm9.", "Zm9é", "Zm\u{0}v", "Zh==", "Zm9=", "Z/==", "Zm+=", "Zm9vYh==", "Zm9v*===",
        ])
    func refuses(text: String) {
        #expect(decoded(text) == nil)
    }

    @Test("every byte outside the alphabet is refused at every place of a group")
    func everyByte() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in 0..<4 {
                var bytes = Array("AAAAAAAA".utf8)
                bytes[place] = byte
                #expect((Base64.decode(0..<8, of: bytes.span) != nil) == alphabet.contains(byte))
            }
        }
    }

    @Test(
        "the alphabet for URLs round trips at every length, and is refused with padding, the other alphabet or unused bits",
        arguments: 0..<100)
    func urlSafe(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        let bytes = (0..<length).map { _ in UInt8(generator.below(256)) }
        var characters: [UInt8] = []
        Base64.encodeURLSafe(bytes.span, to: &characters)
        #expect(Base64.decodeURLSafe(0..<characters.count, of: characters.span) == bytes)
        for wrong in ["=", "+", "/", " ", "\n", "é", "\0", "A", "B==", "*"] where length % 3 == 0 {
            let text = characters + Array(wrong.utf8)
            #expect(Base64.decodeURLSafe(0..<text.count, of: text.span) == nil)
        }
        for range in [0..<(characters.count + 1), -1..<0, characters.count..<(characters.count + 4)] {
            #expect(Base64.decodeURLSafe(range, of: characters.span) == nil)
        }
    }

    @Test("unused bits of the alphabet for URLs have to be zero", arguments: ["Zh", "Zm9vYh", "Zm9", "Z_", "Zm-"])
    func unusedBits(text: String) {
        let characters = Array(text.utf8)
        #expect(Base64.decodeURLSafe(0..<characters.count, of: characters.span) == nil)
    }

    @Test("only the range is decoded, and one outside the bytes is refused")
    func ranges() {
        let bytes = Array("bZm9v!".utf8)
        #expect(Base64.decode(1..<5, of: bytes.span) == Array("foo".utf8))
        #expect(Base64.decode(2..<2, of: bytes.span) == [])
        for range in [0..<8, -4..<4, 4..<8, Int.min..<0] {
            #expect(Base64.decode(range, of: bytes.span) == nil)
        }
    }
}
