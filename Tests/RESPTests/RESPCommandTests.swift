import RESP
import TestSupport
import Testing
import WireBytes

@Suite("Commands")
struct RESPCommandTests {
    /// What `body` writes into exactly `capacity` bytes of free space.
    private func written(capacity: Int, _ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { space.deallocate() }
        var output = OutputRawSpan(buffer: space, initializedCount: 0)
        body(&output)
        let count = output.finalize(for: space)
        return Array(space[..<count])
    }

    @Test(
        "exact bytes, as many as were measured",
        arguments: [
            ([.text("PING")], "*1\r\n$4\r\nPING\r\n"),
            ([.text("HELLO"), .integer(3)], "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"),
            ([.text("SET"), .bytes(Array("a b\r\n".utf8)), .bytes([])], "*3\r\n$3\r\nSET\r\n$5\r\na b\r\n\r\n$0\r\n\r\n"),
            ([.integer(0), .integer(-1), .integer(10)], "*3\r\n$1\r\n0\r\n$2\r\n-1\r\n$2\r\n10\r\n"),
            ([.integer(.max), .integer(.min)], "*2\r\n$19\r\n9223372036854775807\r\n$20\r\n-9223372036854775808\r\n"),
            ([.text("PUBLISH"), .text("é"), .text("")], "*3\r\n$7\r\nPUBLISH\r\n$2\r\né\r\n$0\r\n\r\n"),
            ([], "*0\r\n"),
        ] as [([RESPArgument], String)])
    func encodes(arguments: [RESPArgument], expected: String) {
        let bytes = RESPCommand.encode(arguments)
        #expect(bytes == Array(expected.utf8))
        #expect(RESPCommand.byteCount(arguments) == bytes.count)
        #expect(self.written(capacity: bytes.count) { RESPCommand.write(arguments, into: &$0) } == bytes)
    }

    @Test("part by part, measured as written", arguments: [0, 1, 9, 10, 99, 100, 999, 1_000, 65_536])
    func parts(count: Int) {
        let argument = [UInt8](repeating: 0x61, count: count)
        let expected = Array("$\(count)\r\n".utf8) + argument + [13, 10]
        #expect(RESPCommand.argumentByteCount(count) == expected.count)
        #expect(self.written(capacity: expected.count) { RESPCommand.writeArgument(argument.span, into: &$0) } == expected)
        let inParts = self.written(capacity: expected.count) { output in
            RESPCommand.writeArgumentHead(byteCount: count, into: &output)
            Output.write(argument.span, into: &output)
            RESPCommand.writeArgumentEnd(into: &output)
        }
        #expect(inParts == expected)
        let head = Array("*\(count)\r\n".utf8)
        #expect(RESPCommand.headByteCount(arguments: count) == head.count)
        #expect(self.written(capacity: head.count) { RESPCommand.writeHead(arguments: count, into: &$0) } == head)
    }

    @Test("what is written reads back as an array of the same strings", arguments: 0..<4 as Range<UInt64>)
    func readsBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let arguments = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            let read = Read(RESPCommand.encode(arguments.map { .bytes($0) }))
            #expect(read.values == [.array(arguments.map { .bulk($0) })])
            #expect(read.rest == 0)
        }
    }
}
