import EngineIO
import TestSupport
import Testing

@Suite struct SessionIdentifierTests {
    private static func characters(_ identifier: SessionIdentifier) -> [UInt8] {
        var characters: [UInt8] = []
        identifier.append(to: &characters)
        return characters
    }

    private static func parse(_ text: String) -> SessionIdentifier? {
        let bytes = Array(text.utf8)
        return SessionIdentifier(parsing: 0..<bytes.count, of: bytes.span)
    }

    @Test func `every loop's index survives being written and parsed`() {
        var generator = SeededGenerator(seed: 2)
        for loop in UInt8.min...UInt8.max {
            let identifier = SessionIdentifier(loop: loop, using: &generator)
            let characters = Self.characters(identifier)
            #expect(characters.count == SessionIdentifier.byteCount)
            #expect(identifier.loop == Int(loop))
            let parsed = SessionIdentifier(parsing: 0..<characters.count, of: characters.span)
            #expect(parsed == identifier)
            #expect(parsed?.hashValue == identifier.hashValue)
            #expect(parsed?.loop == Int(loop))
        }
    }

    @Test func `identifiers of one loop differ`() {
        var generator = SeededGenerator(seed: 3)
        var seen: Set<SessionIdentifier> = []
        for _ in 0..<1000 {
            seen.insert(SessionIdentifier(loop: 7, using: &generator))
        }
        #expect(seen.count == 1000)
    }

    @Test func `identifiers that differ in any one character are different`() throws {
        let text = Array("AAECAwQFBgcICQoLDA0ODxAR".utf8)
        let identifier = try #require(Self.parse(String(decoding: text, as: UTF8.self)))
        for index in text.indices {
            var other = text
            other[index] = UInt8(ascii: "_")
            #expect(SessionIdentifier(parsing: 0..<24, of: other.span) != identifier)
        }
    }

    @Test func `a part of surrounding bytes can be parsed`() {
        let bytes = Array("sid=AAECAwQFBgcICQoLDA0ODxAR&t=1".utf8)
        #expect(SessionIdentifier(parsing: 4..<28, of: bytes.span) == Self.parse("AAECAwQFBgcICQoLDA0ODxAR"))
    }

    @Test(
        "anything but 24 URL-safe characters is no identifier",
        arguments: [
            "", "__proto__", "constructor", "AAECAwQFBgcICQoLDA0ODxA", "AAECAwQFBgcICQoLDA0ODxARA", "AAECAwQFBgcICQoLDA0ODxA=",
            "AAECAwQFBgcICQoLDA0ODxA+", "AAECAwQFBgcICQoLDA0ODxA/", "AAECAwQFBgcICQoLDA0ODxA ", "AAECAwQFBgcICQoLDA0ODx\u{E9}",
            "AAECAwQFBgcICQoLDA0ODxA\0", "AAECAwQFBgcICQoLDA0ODxA%",
        ])
    func refused(text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test func `no description shows the whole identifier`() throws {
        let identifier = try #require(Self.parse("AAECAwQFBgcICQoLDA0ODxAR"))
        var dumped = ""
        dump(identifier, to: &dumped)
        #expect(String(describing: identifier) == "AAECAw…")
        for text in ["\(identifier)", String(reflecting: identifier), dumped, "\([identifier])"] {
            #expect(!text.contains("QFBg"))
        }
    }
}
