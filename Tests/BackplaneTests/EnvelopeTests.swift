import Broadcast
import Testing

@testable import Backplane

@Suite("Envelope")
struct EnvelopeTests {
    private static let position = Position(epoch: 0x0102_0304_0506_0708, offset: 9)

    /// As the script puts it together.
    private static func bytes(event: String = "e", payload: String = "[1, 2]") -> [UInt8] {
        Envelope.head(node: 42) + Self.position.epoch.bigEndianBytes + Self.position.offset.bigEndianBytes
            + Envelope.tail(event: Array(event.utf8), payload: Array(payload.utf8))
    }

    private static func parse(_ bytes: [UInt8], maximumPayload: Int = 100) throws(Envelope.Fault) -> Envelope {
        try Envelope(parsing: bytes, maximumPayload: maximumPayload, maximumDepth: 8)
    }

    @Test("what a node writes every node reads, the payload byte for byte")
    func roundTrip() throws {
        let envelope = try Self.parse(Self.bytes(event: "é", payload: #"{"a": 1.0}"#))
        #expect(envelope.node == 42)
        #expect(envelope.position == Self.position)
        #expect(envelope.event == Array("é".utf8))
        #expect(envelope.payload == Array(#"{"a": 1.0}"#.utf8))
    }

    @Test("nothing that is cut short is taken")
    func short() {
        let whole = Self.bytes()
        for count in 0..<(whole.count - 6) {
            #expect(throws: Envelope.Fault.self) { try Self.parse(Array(whole.prefix(count))) }
        }
    }

    @Test(
        "what clients must not get is no message",
        arguments: ["", "1 2", " 1", "1 ", "{", "nan", "[[[[[[[[[]]]]]]]]]", "\"\(String(repeating: "x", count: 100))\""])
    func payloads(payload: String) {
        #expect(throws: Envelope.Fault.malformed) { try Self.parse(Self.bytes(payload: payload)) }
    }

    @Test(
        "nor is an event that clients cannot take", arguments: ["", "connect", "fanfare:gap", "a\u{7}", String(repeating: "x", count: 201)])
    func events(event: String) {
        #expect(throws: Envelope.Fault.malformed) { try Self.parse(Self.bytes(event: event)) }
    }

    @Test("another version is named, and nothing behind it is looked at")
    func versions() {
        #expect(throws: Envelope.Fault.version(2)) { try Self.parse([Envelope.magic, 2]) }
        #expect(throws: Envelope.Fault.malformed) { try Self.parse([1, 1]) }
    }

    @Test("an offset is at least 1")
    func offsets() {
        var bytes = Self.bytes()
        bytes[25] = 0
        #expect(throws: Envelope.Fault.malformed) { try Self.parse(bytes) }
    }

    @Test("Redis' epochs and offsets become positions, and nothing else does")
    func positions() {
        #expect(Position(epoch: Self.position.epoch.bigEndianBytes, offset: 9) == Self.position)
        #expect(Position(epoch: [1], offset: 9) == nil)
        #expect(Position(epoch: Self.position.epoch.bigEndianBytes, offset: -1) == nil)
    }

    @Test("no two names share a Redis channel, and a name is the whole hash tag")
    func names() {
        let names = ["a", "{x}", "x", "}", "%7D", "%257D", "a%b", "é", "e\u{301}", "*", "a:b", "{", "{}"]
        let redisChannels = names.map { RedisNames.messages(of: ChannelName(Array($0.utf8))) }
        #expect(Set(redisChannels).count == names.count)
        for redisChannel in redisChannels {
            // It ends at the first closing brace.
            #expect(redisChannel.firstIndex(of: UInt8(ascii: "}")) == redisChannel.count - 1)
            #expect(redisChannel.count { $0 == UInt8(ascii: "{") } == 1)
        }
    }
}
