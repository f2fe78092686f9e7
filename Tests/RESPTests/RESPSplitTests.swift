import RESP
import TestSupport
import Testing
import WireBytes

@Suite("Replies in pieces")
struct RESPSplitTests {
    /// Every type, nesting, attributes and line ends inside strings, one reply behind the other.
    static let vector = Array(
        ("+OK\r\n-ERR no\r\n:-12\r\n$0\r\n\r\n$7\r\na\r\n\r\nb\r\r\n$-1\r\n*-1\r\n_\r\n#t\r\n,1.5e3\r\n(123456789012345678901234567890\r\n!5\r\nE x\r\n\r\n"
            + "=7\r\ntxt:\r\n+\r\n*3\r\n$3\r\nGET\r\n*2\r\n:1\r\n*0\r\n%1\r\n+k\r\n~2\r\n:1\r\n$2\r\n\r\n\r\n|1\r\n+ttl\r\n*2\r\n:1\r\n:2\r\n*1\r\n|1\r\n+a\r\n+b\r\n:3\r\n"
            + ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$12\r\n{\"a\":\"\r\n\"}\n\r\r\n+END\r\n").utf8)

    @Test("cut anywhere into two or three, the same replies")
    func everyCut() {
        let whole = Read(Self.vector)
        #expect(whole.fault == nil)
        #expect(whole.rest == 0)
        #expect(whole.replies.count == 17)
        #expect(whole.values.allSatisfy { $0 != nil })
        for cut in 0...Self.vector.count {
            #expect(Read([Array(Self.vector[..<cut]), Array(Self.vector[cut...])]) == whole, "cut at \(cut)")
            let next = min(cut + 3, Self.vector.count)
            #expect(Read([Array(Self.vector[..<cut]), Array(Self.vector[cut..<next]), Array(Self.vector[next...])]) == whole)
        }
    }

    @Test("in pieces of one size, the same replies", arguments: 1...40)
    func pieces(size: Int) {
        let pieces = stride(from: 0, to: Self.vector.count, by: size).map { Array(Self.vector[$0..<min($0 + size, Self.vector.count)]) }
        #expect(Read(pieces) == Read(Self.vector))
    }

    @Test("asked again without news, the reader says the same")
    func idle() throws {
        var reader = RESPReader(limits: Read.limits)
        let bytes = Array("*2\r\n$10\r\nabc".utf8)
        #expect(try reader.advance(over: bytes.span) == .needsMore(byteCount: 21))
        #expect(try reader.advance(over: bytes.span) == .needsMore(byteCount: 21))
    }

    @Test(
        "what is needed is what is known of the reply",
        arguments: [
            ("", 1), ("+", 2), ("+OK\r", 5), ("$5", 3), ("$5\r", 4), ("$5\r\n", 11), ("$5\r\nhel", 11), ("$5\r\nhello\r", 11),
            ("*2\r\n", 5),
            ("*2\r\n:1\r\n", 9), ("*2\r\n$100\r\nab", 112), ("|1\r\n:1\r\n:1\r\n", 13), ("=10\r\ntxt:", 17),
        ])
    func needed(text: String, count: Int) throws {
        #expect(try Read.progress(text) == .needsMore(byteCount: count))
    }

    @Test("a large string in many parts is looked at once when it is announced and once when it is there")
    func largeString() throws {
        let count = 1_000_000
        var bytes = Array("$\(count)\r\n".utf8)
        var reader = RESPReader(limits: RESPLimits(maximumByteCount: 2 * count))
        var asked = 1
        guard case .needsMore(let needed) = try reader.advance(over: bytes.span) else {
            Issue.record("whole too early")
            return
        }
        #expect(needed == bytes.count + count + 2)
        while true {
            bytes += Array(repeating: 0x61, count: min(1_400, needed - 2 - bytes.count))
            if bytes.count == needed - 2 { bytes += [13, 10] }
            guard bytes.count >= needed else { continue }
            asked += 1
            let progress = try reader.advance(over: bytes.span)
            #expect(progress == .reply(RESPReply(value: 0..<needed, isPush: false)))
            break
        }
        #expect(asked == 2)
    }

    @Test("an array of strings is looked at twice for each, whatever the parts")
    func manyStrings() throws {
        let count = 200
        let element = "$1000\r\n" + String(repeating: "a", count: 1_000) + "\r\n"
        let bytes = Array(("*\(count)\r\n" + String(repeating: element, count: count)).utf8)
        var reader = RESPReader(limits: Read.limits)
        var asked = 0
        var needed = 1
        for end in 1...bytes.count where end >= needed {
            asked += 1
            switch try reader.advance(over: bytes.span.extracting(0..<end)) {
            case .needsMore(let count):
                #expect(count > end)
                needed = count
            case .reply(let reply):
                #expect(end == bytes.count)
                #expect(reply.value == 0..<bytes.count)
            }
        }
        // A line comes byte by byte here, so each of its bytes is looked at: seven for a length, one for what follows it.
        #expect(asked <= count * 8 + 8)
    }

    @Test("random replies in random pieces are what the slow reader finds", arguments: 0..<8 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = RandomRESP(seed: seed)
        for _ in 0..<150 {
            let bytes = random.replies()
            let read = Read(bytes)
            #expect(read == SlowRESP.read(bytes, limits: Read.limits), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(read.fault == nil && read.rest == 0)
            let cut = Read(random.cut(bytes))
            #expect(cut == read)
        }
    }

    @Test("damaged replies too, with small limits and the same fault in any pieces", arguments: 100..<116 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var random = RandomRESP(seed: seed)
        var faults = 0
        for _ in 0..<500 {
            let bytes = random.damaged(random.replies())
            let limits = random.limits()
            let read = Read(bytes, limits: limits)
            #expect(read == SlowRESP.read(bytes, limits: limits), "\(String(decoding: bytes, as: UTF8.self)), \(limits)")
            #expect(!read.cameEarly)
            #expect(read.values.allSatisfy { $0 != nil })
            let cut = Read(random.cut(bytes), limits: limits)
            #expect(cut == read, "\(String(decoding: bytes, as: UTF8.self)), \(limits)")
            if read.fault != nil { faults += 1 }
        }
        // The test says little unless both outcomes are frequent.
        #expect((50..<480).contains(faults))
    }
}
