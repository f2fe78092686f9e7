import RESP
import Testing

@Suite("Limits of a reply")
struct RESPLimitTests {
    /// A limit at which the text is taken; with one less it is refused.
    private func expectBytes(_ text: String) {
        let count = text.utf8.count
        for pieces in [[Array(text.utf8)], text.utf8.map { [$0] }] {
            let taken = Read(pieces, limits: RESPLimits(maximumByteCount: count))
            #expect(taken.fault == nil && taken.replies.count == 1, "\(text)")
            let refused = Read(pieces, limits: RESPLimits(maximumByteCount: count - 1))
            #expect(refused.fault == .tooLarge && refused.replies.isEmpty, "\(text)")
        }
    }

    @Test("bytes, at the limit and one past it, in one piece and in many")
    func bytes() {
        for text in [
            "+OK\r\n", "+\r\n", "_\r\n", ":123\r\n", "$5\r\nhello\r\n", "$0\r\n\r\n", "*0\r\n", "*2\r\n:1\r\n:2\r\n", "=5\r\ntxt:a\r\n",
            "|1\r\n:1\r\n:1\r\n+OK\r\n", "*1\r\n$3\r\nabc\r\n", "%1\r\n:1\r\n*1\r\n-E\r\n",
        ] {
            self.expectBytes(text)
        }
    }

    @Test("a string past the limit is refused by its length, before it is there")
    func announced() {
        let limits = RESPLimits(maximumByteCount: 10)
        #expect(throws: RESPFault.tooLarge) { try Read.progress("$5\r\n", limits: limits) }
        #expect(throws: RESPFault.tooLarge) { try Read.progress("$9223372036854775807\r\n", limits: limits) }
        #expect(throws: RESPFault.tooLarge) { try Read.progress("=9223372036854775807\r\n", limits: limits) }
        #expect(throws: Never.self) { try Read.progress("$4\r\n", limits: limits) }
    }

    @Test("a line without an end is refused at the limit, a length's before")
    func endless() {
        let limits = RESPLimits(maximumByteCount: 100)
        for type in ["+", "-", ":", ",", "(", "#", "_"] {
            // The line end would still fit behind 98 bytes.
            #expect(throws: Never.self) { try Read.progress(type + String(repeating: "1", count: 97), limits: limits) }
            #expect(throws: RESPFault.tooLarge) { try Read.progress(type + String(repeating: "1", count: 100), limits: limits) }
        }
        for type in ["$", "!", "=", "*", "%", "~", ">", "|"] {
            #expect(throws: Never.self) { try Read.progress(type + String(repeating: "1", count: 20), limits: limits) }
            #expect(throws: RESPFault.badLength) { try Read.progress(type + String(repeating: "1", count: 22), limits: limits) }
        }
    }

    @Test("attributes without an end count as bytes of the reply")
    func emptyAttributes() {
        let text = String(repeating: "|0\r\n", count: 1_000)
        #expect(Read(text, limits: RESPLimits(maximumByteCount: 500)).fault == .tooLarge)
        #expect(Read("*1\r\n" + text, limits: RESPLimits(maximumByteCount: 500)).fault == .tooLarge)
    }

    @Test(
        "depth, at the limit and past it",
        arguments: [
            ("*0\r\n", 1), ("%0\r\n", 1), ("*1\r\n:1\r\n", 1), ("*1\r\n*1\r\n*0\r\n", 3), ("%1\r\n~0\r\n*1\r\n:1\r\n", 2),
            ("|1\r\n:1\r\n:1\r\n:1\r\n", 1), ("|1\r\n:1\r\n*0\r\n*0\r\n", 2), ("*1\r\n|1\r\n*0\r\n:1\r\n:1\r\n", 3), (">1\r\n*0\r\n", 2),
        ])
    func depth(text: String, depth: Int) {
        #expect(Read(text, limits: RESPLimits(maximumByteCount: 100, maximumDepth: depth)).replies.count == 1)
        #expect(Read(text, limits: RESPLimits(maximumByteCount: 100, maximumDepth: depth - 1)).fault == .tooDeep)
    }

    @Test("depth 0 takes what is no container")
    func flat() {
        let limits = RESPLimits(maximumByteCount: 100, maximumDepth: 0)
        #expect(Read("+OK\r\n$1\r\na\r\n*-1\r\n", limits: limits).replies.count == 3)
    }

    @Test("no limit goes deeper than the reader's own")
    func deepest() {
        let limits = RESPLimits(maximumByteCount: 1_000, maximumDepth: .max)
        #expect(limits.maximumDepth == RESPLimits.deepestNesting)
        let deepest = String(repeating: "*1\r\n", count: 32) + ":1\r\n"
        let read = Read(deepest, limits: limits)
        #expect(read.replies.count == 1)
        #expect(read.values.first != .some(nil))
        #expect(Read("*1\r\n" + deepest, limits: limits).fault == .tooDeep)
        let attributes = String(repeating: "|1\r\n", count: 32)
        #expect(Read(attributes, limits: limits).fault == nil)
        #expect(Read(attributes + "|1\r\n", limits: limits).fault == .tooDeep)
    }

    @Test(
        "elements, at the limit and past it",
        arguments: [
            ("*3\r\n:1\r\n:2\r\n:3\r\n", 3), ("%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", 4), ("~1\r\n:1\r\n", 1), (">2\r\n:1\r\n:1\r\n", 2),
            ("*2\r\n*2\r\n:1\r\n:1\r\n:1\r\n", 4), ("|1\r\n:1\r\n:1\r\n*1\r\n:1\r\n", 3), ("*1\r\n%1\r\n*0\r\n*0\r\n", 3),
        ])
    func elements(text: String, elements: Int) {
        #expect(Read(text, limits: RESPLimits(maximumByteCount: 100, maximumElements: elements)).replies.count == 1)
        #expect(Read(text, limits: RESPLimits(maximumByteCount: 100, maximumElements: elements - 1)).fault == .tooManyElements)
    }

    @Test("a count past the limit is refused before any element is there")
    func announcedElements() {
        for text in ["*65537\r\n", "%32769\r\n", "*9223372036854775807\r\n", "%9223372036854775807\r\n", "|4611686018427387904\r\n"] {
            #expect(Read(text).fault == .tooManyElements)
        }
        #expect(Read("*65536\r\n").fault == nil)
        #expect(Read("%32768\r\n").fault == nil)
    }

    @Test("each reply has the whole of the limits to itself")
    func fresh() {
        let limits = RESPLimits(maximumByteCount: 12, maximumDepth: 1, maximumElements: 2)
        let read = Read(String(repeating: "*2\r\n:1\r\n:2\r\n", count: 50), limits: limits)
        #expect(read.replies.count == 50)
        #expect(read.fault == nil)
    }

    @Test("limits below 0 are 0")
    func negative() {
        let limits = RESPLimits(maximumByteCount: -1, maximumDepth: -1, maximumElements: -1)
        #expect(limits == RESPLimits(maximumByteCount: 0, maximumDepth: 0, maximumElements: 0))
        #expect(Read("+OK\r\n", limits: limits).fault == .tooLarge)
        #expect(Read("*0\r\n", limits: RESPLimits(maximumByteCount: 100, maximumDepth: 1, maximumElements: -1)).replies.count == 1)
    }
}
