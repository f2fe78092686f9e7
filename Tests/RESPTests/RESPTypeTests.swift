import RESP
import Testing

@Suite("Types of RESP2 and RESP3")
struct RESPTypeTests {
    @Test(
        "values that are no containers",
        arguments: [
            ("+OK\r\n", RESPValue.simple("OK")),
            ("+\r\n", .simple("")),
            ("+a b\tc\r\n", .simple("a b\tc")),
            ("-ERR unknown command\r\n", .error("ERR unknown command")),
            ("-\r\n", .error("")),
            (":0\r\n", .integer(0)),
            (":-0\r\n", .integer(0)),
            (":+7\r\n", .integer(7)),
            (":0042\r\n", .integer(42)),
            (":-1000\r\n", .integer(-1000)),
            (":9223372036854775807\r\n", .integer(.max)),
            (":-9223372036854775808\r\n", .integer(.min)),
            ("$5\r\nhello\r\n", .bulk("hello")),
            ("$0\r\n\r\n", .bulk("")),
            ("$4\r\n\r\n\r\n\r\n", .bulk("\r\n\r\n")),
            ("$05\r\nhello\r\n", .bulk("hello")),
            ("$-1\r\n", .null),
            ("*-1\r\n", .null),
            ("_\r\n", .null),
            ("#t\r\n", .boolean(true)),
            ("#f\r\n", .boolean(false)),
            (",1.5\r\n", .double(1.5)),
            (",10\r\n", .double(10)),
            (",-0.25\r\n", .double(-0.25)),
            (",+3\r\n", .double(3)),
            (",1e3\r\n", .double(1000)),
            (",1.5E-3\r\n", .double(0.0015)),
            (",2e+2\r\n", .double(200)),
            (",inf\r\n", .double(.infinity)),
            (",+inf\r\n", .double(.infinity)),
            (",-inf\r\n", .double(-.infinity)),
            (",1.7976931348623157e308\r\n", .double(.greatestFiniteMagnitude)),
            ("(3492890328409238509324850943850943825024385\r\n", .bigNumber("3492890328409238509324850943850943825024385")),
            ("(-1\r\n", .bigNumber("-1")),
            ("(+1\r\n", .bigNumber("+1")),
            ("!21\r\nSYNTAX invalid syntax\r\n", .error("SYNTAX invalid syntax")),
            ("!0\r\n\r\n", .error("")),
            ("=8\r\ntxt:text\r\n", .verbatim("txt:text")),
            ("=4\r\nmkd:\r\n", .verbatim("mkd:")),
        ])
    func scalars(text: String, expected: RESPValue) {
        let read = Read(text)
        #expect(read.values == [expected])
        #expect(read.replies.map(\.range) == [0..<text.utf8.count])
        #expect(read.replies.map(\.isPush) == [false])
        #expect(read.rest == 0)
    }

    @Test("a double that is no number", arguments: [",nan\r\n", ",-nan\r\n"])
    func notANumber(text: String) throws {
        guard case .double(let value) = try #require(Read(text).values.first) else {
            Issue.record("no double")
            return
        }
        #expect(value.isNaN)
    }

    @Test("strings are any bytes")
    func binary() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Read(Array("$256\r\n".utf8) + bytes + Array("\r\n".utf8)).values == [.bulk(bytes)])
        #expect(Read(Array("!256\r\n".utf8) + bytes + Array("\r\n".utf8)).values == [.error(bytes)])
        let line = bytes.filter { $0 != 10 && $0 != 13 }
        #expect(Read([UInt8(ascii: "+")] + line + [13, 10]).values == [.simple(line)])
    }

    @Test(
        "containers",
        arguments: [
            ("*0\r\n", RESPValue.array([]), false),
            ("~0\r\n", .set([]), false),
            ("%0\r\n", .map([]), false),
            (">0\r\n", .push([]), true),
            ("*3\r\n:1\r\n$1\r\na\r\n$-1\r\n", .array([.integer(1), .bulk("a"), .null]), false),
            ("~2\r\n+a\r\n#t\r\n", .set([.simple("a"), .boolean(true)]), false),
            (
                "%2\r\n+a\r\n:1\r\n:2\r\n_\r\n",
                .map([RESPEntry(key: .simple("a"), value: .integer(1)), RESPEntry(key: .integer(2), value: .null)]), false
            ),
            (">2\r\n+a\r\n:1\r\n", .push([.simple("a"), .integer(1)]), true),
            ("*2\r\n*0\r\n*1\r\n*0\r\n", .array([.array([]), .array([.array([])])]), false),
            ("*2\r\n*-1\r\n%0\r\n", .array([.null, .map([])]), false),
            (
                "%1\r\n*1\r\n:1\r\n~1\r\n%1\r\n+k\r\n-E v\r\n",
                .map([
                    RESPEntry(
                        key: .array([.integer(1)]), value: .set([.map([RESPEntry(key: .simple("k"), value: .error("E v"))])]))
                ]), false
            ),
            (">1\r\n*1\r\n:1\r\n", .push([.array([.integer(1)])]), true),
        ])
    func containers(text: String, expected: RESPValue, isPush: Bool) {
        let read = Read(text)
        #expect(read.values == [expected])
        #expect(read.replies.map(\.isPush) == [isPush])
        #expect(read.rest == 0)
    }

    @Test(
        "attributes are read and left out",
        arguments: [
            ("|1\r\n+a\r\n:1\r\n+OK\r\n", 12, RESPValue.simple("OK")),
            ("|0\r\n:1\r\n", 4, .integer(1)),
            ("|1\r\n+a\r\n*1\r\n:1\r\n|1\r\n+b\r\n:2\r\n$1\r\nx\r\n", 28, .bulk("x")),
            ("|1\r\n+a\r\n:1\r\n*0\r\n", 12, .array([])),
            ("*2\r\n:1\r\n|1\r\n+ttl\r\n:9\r\n:2\r\n", 0, .array([.integer(1), .integer(2)])),
            ("*1\r\n|0\r\n:2\r\n", 0, .array([.integer(2)])),
            (
                "%1\r\n|1\r\n+a\r\n:1\r\n+k\r\n|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:1\r\n+v\r\n", 0,
                .map([RESPEntry(key: .simple("k"), value: .simple("v"))])
            ),
        ])
    func attributes(text: String, start: Int, expected: RESPValue) {
        let read = Read(text)
        #expect(read.values == [expected])
        #expect(read.replies.map(\.range) == [start..<text.utf8.count])
        #expect(read.rest == 0)
    }

    @Test("a push may have attributes, and is still one")
    func attributedPush() {
        let read = Read("|1\r\n+a\r\n:1\r\n>1\r\n:1\r\n:2\r\n")
        #expect(read.values == [.push([.integer(1)]), .integer(2)])
        #expect(read.replies.map(\.isPush) == [true, false])
    }

    @Test("replies one behind the other, each from its own beginning")
    func several() {
        let read = Read("+OK\r\n*1\r\n:1\r\n>1\r\n:2\r\n$1\r\na\r\n|1\r\n:1\r\n:1\r\n_\r\n:1")
        #expect(read.values == [.simple("OK"), .array([.integer(1)]), .push([.integer(2)]), .bulk("a"), .null])
        #expect(read.rest == 2)
        #expect(read.fault == nil)
    }

    @Test("texts and codes of values")
    func parts() {
        #expect(RESPValue.simple("OK").text == Array("OK".utf8))
        #expect(RESPValue.bulk("a").text == Array("a".utf8))
        #expect(RESPValue.verbatim("txt:abc").text == Array("abc".utf8))
        #expect(RESPValue.verbatim("txt:").text == [])
        #expect(RESPValue.error("ERR x").text == nil)
        #expect(RESPValue.integer(1).text == nil)
        #expect(RESPValue.null.text == nil)
        #expect(RESPValue.error("NOAUTH Authentication required.").errorCode == Array("NOAUTH".utf8))
        #expect(RESPValue.error("LOADING").errorCode == Array("LOADING".utf8))
        #expect(RESPValue.error("").errorCode == [])
        #expect(RESPValue.simple("NOAUTH x").errorCode == nil)
    }
}
