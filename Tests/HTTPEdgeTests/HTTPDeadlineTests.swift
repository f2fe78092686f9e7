@testable import HTTPEdge
import NIOCore
import NIOEmbedded
import Testing

@Suite("HTTP deadlines")
struct HTTPDeadlineTests {
    @Test("a connection without a first byte: 408 at 10 s")
    func firstByte() throws {
        let conversation = try Conversation()
        conversation.advance(milliseconds: 9_999)
        #expect(try conversation.statuses() == [])
        conversation.advance(milliseconds: 17)
        #expect(try conversation.statuses() == [408])
        conversation.advance(milliseconds: 1_016)
        #expect(!conversation.isOpen)
    }

    @Test("a trickled head: 408 ten seconds after its first byte, blank lines not counted as one")
    func header() throws {
        let conversation = try Conversation()
        conversation.advance(milliseconds: 5_000)
        try conversation.send("\r\n")
        for byte in "GET / HT".utf8 {
            try conversation.send([byte])
            conversation.advance(milliseconds: 1_100)
        }
        #expect(try conversation.statuses() == [])
        conversation.advance(milliseconds: 1_199)
        #expect(try conversation.statuses() == [])
        conversation.advance(milliseconds: 17)
        #expect(try conversation.statuses() == [408])
        #expect(conversation.transport.outputIsClosed)
    }

    @Test("a trickled body: 408 thirty seconds after its head; it is abandoned")
    func body() throws {
        let conversation = try Conversation()
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n")
        for _ in 0..<29 {
            conversation.advance(milliseconds: 1_000)
            try conversation.send("x")
        }
        #expect(try conversation.statuses() == [])
        conversation.advance(milliseconds: 1_017)
        #expect(try conversation.statuses() == [408])
        #expect(conversation.endpoint.log == ["head /echo", "abandoned 1"])
    }

    @Test("an idle connection closes without a word after 75 s, counted anew from each answer")
    func idle() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/a"))
        conversation.advance(milliseconds: 74_000)
        try conversation.send(.get("/b"))
        conversation.advance(milliseconds: 74_999)
        #expect(conversation.isOpen)
        #expect(try conversation.statuses() == [200, 200])
        conversation.advance(milliseconds: 17)
        #expect(!conversation.isOpen)
        #expect(try conversation.statuses() == [])
    }

    @Test("a parked exchange has no deadline, the next pause has")
    func parked() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/park"))
        conversation.advance(milliseconds: 1_000_000)
        #expect(conversation.isOpen)
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "x")
        conversation.advance(milliseconds: 74_999)
        #expect(conversation.isOpen)
        conversation.advance(milliseconds: 17)
        #expect(!conversation.isOpen)
    }

    @Test("a parked exchange whose body does not come: 408, and it is abandoned")
    func parkedWithBody() throws {
        let conversation = try Conversation()
        try conversation.send("POST /park HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        conversation.advance(milliseconds: 30_017)
        #expect(try conversation.statuses() == [408])
        #expect(conversation.endpoint.log == ["head /park", "abandoned 1"])
    }

    @Test("a client that leaves its answers unread is closed after 30 s")
    func unread() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/a"))
        conversation.channel.isWritable = false
        conversation.channel.pipeline.fireChannelWritabilityChanged()
        conversation.advance(milliseconds: 29_999)
        #expect(conversation.isOpen)
        conversation.advance(milliseconds: 17)
        #expect(!conversation.isOpen)
    }
}
