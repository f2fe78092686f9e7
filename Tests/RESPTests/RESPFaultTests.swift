import RESP
import Testing

@Suite("What is no RESP")
struct RESPFaultTests {
    static let faults: [(String, RESPFault)] = [
        ("OK\r\n", .unknownType(UInt8(ascii: "O"))),
        ("\r\n", .unknownType(13)),
        (";4\r\nabcd\r\n", .unknownType(UInt8(ascii: ";"))),
        (".\r\n", .unknownType(UInt8(ascii: "."))),
        ("*1\r\nx", .unknownType(UInt8(ascii: "x"))),
        ("*1\r\n.", .unknownType(UInt8(ascii: "."))),
        ("+OK\n", .badLineEnd),
        ("+O\rK\r\n", .badLineEnd),
        ("+O\nK\r\n", .badLineEnd),
        ("$1\n", .badLineEnd),
        ("$\r\n", .badLength),
        ("$-2\r\n", .badLength),
        ("$-01\r\n", .badLength),
        ("$+1\r\n", .badLength),
        ("$ 1\r\n", .badLength),
        ("$1a\r\n", .badLength),
        ("$?\r\n", .badLength),
        ("*?\r\n", .badLength),
        ("$9223372036854775808\r\n", .badLength),
        ("$00000000000000000001\r\n", .badLength),
        ("$1111111111111111111111", .badLength),
        ("*1111111111111111111111", .badLength),
        ("*-2\r\n", .badLength),
        ("!-1\r\n", .badLength),
        ("=-1\r\n", .badLength),
        ("%-1\r\n", .badLength),
        ("~-1\r\n", .badLength),
        (">-1\r\n", .badLength),
        ("|-1\r\n", .badLength),
        (":\r\n", .badInteger),
        (":-\r\n", .badInteger),
        (":+\r\n", .badInteger),
        (":--1\r\n", .badInteger),
        (":1.0\r\n", .badInteger),
        (":1 \r\n", .badInteger),
        (":9223372036854775808\r\n", .badInteger),
        (":-9223372036854775809\r\n", .badInteger),
        (":99999999999999999999\r\n", .badInteger),
        ("_x\r\n", .badScalar),
        ("#\r\n", .badScalar),
        ("#x\r\n", .badScalar),
        ("#true\r\n", .badScalar),
        (",\r\n", .badScalar),
        (",.5\r\n", .badScalar),
        (",5.\r\n", .badScalar),
        (",1e\r\n", .badScalar),
        (",1e+\r\n", .badScalar),
        (",e5\r\n", .badScalar),
        (",-\r\n", .badScalar),
        (",0x1p3\r\n", .badScalar),
        (",infinity\r\n", .badScalar),
        (",NaN\r\n", .badScalar),
        (",1 \r\n", .badScalar),
        (",\(String(repeating: "1", count: 401))\r\n", .badScalar),
        ("(\r\n", .badScalar),
        ("(-\r\n", .badScalar),
        ("(1.5\r\n", .badScalar),
        ("(1a\r\n", .badScalar),
        ("=3\r\ntxt\r\n", .badVerbatim),
        ("=0\r\n\r\n", .badVerbatim),
        ("=5\r\ntxtab\r\n", .badVerbatim),
        ("=4\r\n:txt\r\n", .badVerbatim),
        ("$1\r\nab\r\n", .badStringEnd),
        ("$1\r\na\n\r", .badStringEnd),
        ("$0\r\nab", .badStringEnd),
        ("!1\r\nabc", .badStringEnd),
        ("=4\r\ntxt:xx", .badStringEnd),
        ("*1\r\n>1\r\n:1\r\n", .nestedPush),
        (">1\r\n>0\r\n", .nestedPush),
        ("|1\r\n:1\r\n>0\r\n", .nestedPush),
        ("*1\r\n|1\r\n:1\r\n:1\r\n>1\r\n:1\r\n", .nestedPush),
    ]

    @Test("every fault", arguments: faults)
    func refused(text: String, fault: RESPFault) {
        let read = Read(text)
        #expect(read.fault == fault)
        #expect(read.replies.isEmpty)
    }

    @Test("the same fault wherever the bytes are cut", arguments: faults)
    func cut(text: String, fault: RESPFault) {
        let bytes = Array(text.utf8)
        for cut in bytes.indices {
            #expect(Read([Array(bytes[..<cut]), Array(bytes[cut...])]).fault == fault, "cut at \(cut)")
        }
        #expect(Read(bytes.map { [$0] }).fault == fault)
    }

    @Test("a reply before the fault is still told, and behind it nothing is")
    func afterwards() {
        let read = Read("+OK\r\n+OK\n+OK\r\n")
        #expect(read.values == [.simple("OK")])
        #expect(read.fault == .badLineEnd)
    }

    @Test("a fault stays")
    func stays() {
        var reader = RESPReader(limits: Read.limits)
        let bad = Array("?".utf8)
        let good = Array("+OK\r\n".utf8)
        for bytes in [bad, good, []] {
            #expect(throws: RESPFault.unknownType(UInt8(ascii: "?"))) { try reader.advance(over: bytes.span) }
        }
    }

    @Test("each fault has a sentence of its own")
    func messages() {
        let all: [RESPFault] = [
            .unknownType(7), .badLineEnd, .badLength, .badInteger, .badScalar, .badVerbatim, .badStringEnd, .nestedPush, .tooLarge,
            .tooDeep,
            .tooManyElements,
        ]
        #expect(Set(all.map(\.message)).count == all.count)
        #expect(all.allSatisfy { $0.message.hasSuffix(".") })
        #expect(RESPFault.unknownType(7).message.contains(" 7,"))
    }

    @Test(
        "decode takes one whole value and nothing else",
        arguments: [
            "", "+", "+OK", "+OK\r", "+OK\r\n+OK\r\n", "$2\r\na\r\n", "$1\r\nab\r\n", "$2\r\nabcd", "$1\r\na\r", "*1\r\n", "*2\r\n:1\r\n",
            "*9\r\n:1\r\n",
            "*1\r\n:1\r\n:2\r\n", "$x\r\n", "|1\r\n:1\r\n:1\r\n", "|0\r\n", "x\r\n", "+a\rb", ":x\r\n", "#x\r\n", ",x\r\n",
            "*99999999999999\r\n",
            "$9223372036854775807\r\n",
        ])
    func undecodable(text: String) {
        let bytes = Array(text.utf8)
        #expect(RESPValue.decode(0..<bytes.count, of: bytes.span) == nil)
    }

    @Test("decode stays within the bytes and within the depth that a reader allows")
    func decodeBounds() {
        let bytes = Array("+OK\r\n".utf8)
        #expect(RESPValue.decode(0..<6, of: bytes.span) == nil)
        #expect(RESPValue.decode(-1..<5, of: bytes.span) == nil)
        #expect(RESPValue.decode(0..<5, of: bytes.span) == .simple("OK"))
        let deep = Array((String(repeating: "*1\r\n", count: 10_000) + ":1\r\n").utf8)
        #expect(RESPValue.decode(0..<deep.count, of: deep.span) == nil)
    }
}
