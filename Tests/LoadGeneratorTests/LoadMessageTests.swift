@testable import LoadGenerator
import Testing

@Suite("Load message")
struct LoadMessageTests {
    private func read(_ text: String) -> [Int]? {
        let bytes = Array(text.utf8)
        return LoadMessage.read(0..<bytes.count, of: bytes.span).map { [$0.number, Int($0.due)] }
    }

    @Test("has the size that was asked for, and comes back as it went", arguments: [40, 41, 64, 1_000])
    func roundTrip(size: Int) {
        let message = LoadMessage.make(number: 7, due: 123_456_789, size: size)
        #expect(message.count == size)
        #expect(self.read(String(decoding: message, as: UTF8.self)) == [7, 123_456_789])
    }

    @Test("a server may write it anew")
    func rewritten() {
        #expect(self.read(#"{"n": 7, "t": 8, "p": "x"}"#) == [7, 8])
    }

    @Test("anything else is no message", arguments: ["", "{}", #"{"n":1}"#, #"{"n":x,"t":1}"#, ":", "::", #"{"n":1,"t":"#, "null"])
    func garbage(text: String) {
        #expect(self.read(text) == nil)
    }
}
