@testable import HTTPEdge
import Testing

@Suite("Head scanner")
struct HeadScannerTests {
    private func scanner() -> HeadScanner { HeadScanner(targetBytes: 100, headerBytes: 200) }

    @Test(
        "finds the empty line, however the bytes are cut",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", "rest"), ("\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n", "\r\n"), ("GET / HTTP/1.1\nA: b\n\n", "x"),
            ("GET / HTTP/1.1\r\nA: b\n\r\n", "\n"), ("G\r\n \r\n\r\r\n\r\n", ""),
        ])
    func end(head: String, rest: String) {
        let bytes = Array((head + rest).utf8)
        for size in 1...bytes.count {
            var scanner = self.scanner()
            var position = 0
            var verdict = HeadScanner.Verdict.incomplete
            while verdict == .incomplete, position < bytes.count {
                let result = scanner.scan(bytes.span.extracting(position..<min(position + size, bytes.count)))
                position += result.byteCount
                verdict = result.verdict
            }
            #expect(verdict == .complete && position == head.utf8.count, "in pieces of \(size)")
        }
    }

    @Test("blank lines begin nothing; the first other byte does")
    func begins() {
        var scanner = self.scanner()
        #expect(scanner.scan(Array("\r\n\n".utf8).span) == (3, .incomplete))
        #expect(!scanner.hasBegun)
        #expect(scanner.scan(Array("G".utf8).span) == (1, .incomplete))
        #expect(scanner.hasBegun)
        scanner.reset()
        #expect(!scanner.hasBegun)
    }

    @Test("says which limit was passed, with the line's end in sight or not")
    func limits() {
        for end in ["", " HTTP/1.1\r\n\r\n"] {
            var scanner = self.scanner()
            #expect(scanner.scan(Array(("GET /" + String(repeating: "a", count: 200) + end).utf8).span).verdict == .targetTooLong)
            scanner = self.scanner()
            #expect(scanner.scan(Array("GET / HTTP/1.1\r\nA: b\r\n".utf8).span) == (16, .incomplete))
            #expect(!scanner.isBeforeFields)
            #expect(scanner.scan(Array(("A: " + String(repeating: "a", count: 200) + end).utf8).span).verdict == .fieldsTooLarge)
        }
    }
}
