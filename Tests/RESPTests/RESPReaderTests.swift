import Testing

@testable import RESP

@Suite("RESP: reading")
struct RESPReaderTests {
    private static let limits = RESPLimits(maximumByteCount: 1_000, maximumDepth: 3, maximumElements: 20)

    private static func read(_ text: String, limits: RESPLimits = Self.limits) throws(RESPFault) -> RESPValue? {
        let bytes = Array(text.utf8)
        var reader = RESPReader(limits: limits)
        guard case .reply(let reply) = try reader.advance(over: bytes.span) else { return nil }
        return RESPValue.decode(reply.value, of: bytes.span)
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(
        "every type of both protocols",
        arguments: [
            ("+OK\r\n", .simple(bytes("OK"))), ("+\r\n", .simple([])), ("-ERR no\r\n", .error(bytes("ERR no"))), (":-7\r\n", .integer(-7)),
            (":+7\r\n", .integer(7)), (":9223372036854775807\r\n", .integer(.max)), (":-9223372036854775808\r\n", .integer(.min)),
            ("$3\r\na\r\n\r\n", .bulk(bytes("a\r\n"))), ("$0\r\n\r\n", .bulk([])), ("$-1\r\n", .null), ("*-1\r\n", .null), ("_\r\n", .null),
            ("*2\r\n:1\r\n$1\r\nx\r\n", .array([.integer(1), .bulk(bytes("x"))])), ("*0\r\n", .array([])),
            ("*1\r\n*1\r\n:1\r\n", .array([.array([.integer(1)])])),
            ("%1\r\n+a\r\n:1\r\n", .map([RESPEntry(key: .simple(bytes("a")), value: .integer(1))])), ("~1\r\n:1\r\n", .set([.integer(1)])),
            (">2\r\n+a\r\n:1\r\n", .push([.simple(bytes("a")), .integer(1)])), (",1.5\r\n", .double(1.5)),
            (",-inf\r\n", .double(-.infinity)),
            ("#t\r\n", .boolean(true)), ("#f\r\n", .boolean(false)),
            ("(123456789012345678901\r\n", .bigNumber(bytes("123456789012345678901"))),
            ("!3\r\nERR\r\n", .error(bytes("ERR"))), ("=5\r\ntxt:a\r\n", .verbatim(bytes("txt:a"))),
            ("|1\r\n+ttl\r\n:1\r\n:2\r\n", .integer(2)), ("*1\r\n|1\r\n+a\r\n:1\r\n:2\r\n", .array([.integer(2)])),
        ] as [(String, RESPValue)])
    func types(text: String, value: RESPValue) throws {
        #expect(try Self.read(text) == value)
    }

    @Test(
        "every fault",
        arguments: [
            ("?1\r\n", .unknownType(63)), ("+a\rb\r\n", .badLineEnd), ("+a\nb\r\n", .badLineEnd), ("$x\r\n", .badLength),
            ("$-2\r\n", .badLength),
            ("*-2\r\n", .badLength), ("$?\r\n", .badLength), ("%-1\r\n", .badLength), ("$111111111111111111111", .badLength),
            (":x\r\n", .badInteger), (":\r\n", .badInteger), (":9223372036854775808\r\n", .badInteger), ("#x\r\n", .badScalar),
            ("_x\r\n", .badScalar), (",x\r\n", .badScalar), (",1.\r\n", .badScalar), ("(1a\r\n", .badScalar),
            ("=3\r\ntxt\r\n", .badVerbatim),
            ("=5\r\ntxtxa\r\n", .badVerbatim), ("$1\r\nab\r\n", .badStringEnd), ("*1\r\n>1\r\n:1\r\n", .nestedPush),
            ("$999\r\n", .tooLarge),
            ("*1\r\n*1\r\n*1\r\n*1\r\n", .tooDeep), ("*21\r\n", .tooManyElements), ("*99999999999999\r\n", .tooManyElements),
            ("%11\r\n", .tooManyElements),
        ] as [(String, RESPFault)])
    func faults(text: String, fault: RESPFault) {
        #expect(throws: fault) { try Self.read(text) }
        #expect(!fault.message.isEmpty)
    }

    @Test("a line that never ends is not gathered for ever")
    func endless() {
        #expect(throws: RESPFault.tooLarge) { try Self.read("+" + String(repeating: "x", count: 2_000)) }
    }

    @Test("after a fault there is only that fault")
    func again() {
        var reader = RESPReader(limits: Self.limits)
        for text in ["?", "+OK\r\n"] {
            let bytes = Array(text.utf8)
            #expect(throws: RESPFault.unknownType(63)) { _ = try reader.advance(over: bytes.span) }
        }
    }

    @Test("cut anywhere it reads the same, and it says how much it waits for")
    func cuts() throws {
        let text = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\n{}\r\n|1\r\n+a\r\n:1\r\n*2\r\n%1\r\n+a\r\n_\r\n$-1\r\n:5\r\n"
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            var reader = RESPReader(limits: Self.limits)
            var replies: [RESPReply] = []
            var start = 0
            for end in [cut, bytes.count] {
                reading: while true {
                    let unread = Array(bytes[start..<end])
                    switch try reader.advance(over: unread.span) {
                    case .needsMore(let byteCount):
                        #expect(byteCount > unread.count)
                        break reading
                    case .reply(let reply):
                        replies.append(reply)
                        start += reply.byteCount
                        if start == bytes.count { break reading }
                    }
                }
            }
            #expect(replies.map(\.isPush) == [true, false, false])
            #expect(start == bytes.count)
        }
    }

    @Test("a large string is looked at when it is there, not for each of its parts")
    func large() throws {
        var reader = RESPReader(limits: RESPLimits(maximumByteCount: 2_000_000))
        let bytes = Array("$1000000\r\n".utf8)
        #expect(try reader.advance(over: bytes.span) == .needsMore(byteCount: bytes.count + 1_000_002))
    }

    @Test(
        "what subscriptions bring is read in place",
        arguments: [
            (">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\n{}\r\n", .message(channel: 21..<22, payload: 28..<30)),
            ("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\n{}\r\n", .message(channel: 21..<22, payload: 28..<30)),
            (">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:2\r\n", .subscribed(name: 23..<24, isPattern: false, count: 2)),
            (">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n", .unsubscribed(name: nil, isPattern: false, count: 0)),
            ("+OK\r\n", nil), ("*1\r\n$4\r\nPONG\r\n", nil),
        ] as [(String, RESPPubSubEvent?)])
    func subscriptions(text: String, event: RESPPubSubEvent?) throws {
        let bytes = Array(text.utf8)
        var reader = RESPReader(limits: Self.limits)
        guard case .reply(let reply) = try reader.advance(over: bytes.span) else { throw RESPFault.badLength }
        #expect(RESPPubSubEvent.read(reply, of: bytes.span) == event)
    }

    @Test("a command is an array of strings, measured before it is written")
    func commands() {
        let command: [RESPArgument] = [.text("SET"), .bytes(Array("k\r\n".utf8)), .integer(-12), .bytes([])]
        let written = RESPCommand.encode(command)
        #expect(String(decoding: written, as: UTF8.self) == "*4\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$3\r\n-12\r\n$0\r\n\r\n")
        #expect(written.count == RESPCommand.byteCount(command))
    }
}
