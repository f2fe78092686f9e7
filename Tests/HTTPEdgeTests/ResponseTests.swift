@testable import HTTPEdge
import NIOCore
import NIOEmbedded
import Testing

@Suite("Responses")
struct ResponseTests {
    private func storage(_ buffer: ByteBuffer) -> UInt {
        buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("storage is used again once the previous answer has gone, and not before")
    func reuse() {
        let scratch = ResponseScratch()
        var first: ByteBuffer? = scratch.fill(capacity: 100) { $0.writeStaticString("one") }
        let used = first.map(self.storage)
        let second = scratch.fill(capacity: 100) { $0.writeStaticString("two") }
        #expect(self.storage(second) != used)
        #expect(first.map { String(buffer: $0) } == "one")
        let held = self.storage(second)
        first = nil
        do {
            let third = scratch.fill(capacity: 100) { $0.writeStaticString("three") }
            #expect(self.storage(third) != held && String(buffer: second) == "two")
        }
        var last: ByteBuffer? = scratch.fill(capacity: 100) { $0.writeStaticString("four") }
        let kept = last.map(self.storage)
        last = nil
        #expect(self.storage(scratch.fill(capacity: 50) { $0.writeStaticString("five") }) == kept)
    }

    @Test("a nested answer has a buffer of its own; a large one is not kept")
    func nested() {
        let scratch = ResponseScratch()
        var inner = ByteBuffer()
        let outer = scratch.fill(capacity: 10) { buffer in
            buffer.writeStaticString("outer")
            inner = scratch.fill(capacity: 10) { $0.writeStaticString("inner") }
        }
        #expect(String(buffer: outer) == "outer" && String(buffer: inner) == "inner")
        #expect(scratch.fill(capacity: 1_000_000) { _ in }.capacity >= 1_000_000)
        #expect(scratch.fill(capacity: 10) { _ in }.capacity < 1_000_000)
    }

    @Test("a connection that answers again and again writes into the same storage")
    func connectionReuses() throws {
        let conversation = try Conversation()
        var seen: Set<UInt> = []
        for _ in 0..<10 {
            try conversation.send(.get("/a"))
            if let buffer = try conversation.channel.readOutbound(as: ByteBuffer.self) { seen.insert(self.storage(buffer)) }
        }
        #expect(seen.count == 1)
    }

    @Test("every status has its line", arguments: Status.allCases)
    func lines(status: Status) {
        #expect(String(describing: status.line) == "HTTP/1.1 \(status.code) \(status.reason)\r\n")
        #expect(status.reason.allSatisfy { $0.isLetter || $0 == " " } && !status.reason.isEmpty)
    }

    @Test("a head with everything")
    func head() {
        var buffer = ByteBuffer()
        ResponseHead(.serviceUnavailable, .json, extraHeaders: "Retry-After: 1\r\n")
            .write(to: &buffer, bodyByteCount: 1_234, persistence: .close)
        #expect(
            String(buffer: buffer) == "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 1234\r\n"
                + "Connection: close\r\nRetry-After: 1\r\n\r\n")
    }
}
