@testable import HTTPEdge
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@Suite("HTTP connection")
struct HTTPConnectionTests {
    // MARK: - Answers

    @Test("an answer has its exact length and keeps the connection")
    func plainAnswer() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/hello"))
        #expect(
            try conversation.received()
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 6\r\n\r\n/hello")
        #expect(conversation.isOpen && !conversation.transport.outputIsClosed)
        #expect(conversation.transport.writeCount == 1 && conversation.transport.flushCount == 1)
    }

    @Test("HTTP/1.0 closes, and keeps alive when asked, saying so")
    func http10() throws {
        let kept = try Conversation()
        try kept.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try kept.received().contains("\r\nConnection: keep-alive\r\n"))
        #expect(!kept.transport.outputIsClosed)
        let closed = try Conversation()
        try closed.send("GET /a HTTP/1.0\r\n\r\n")
        #expect(try closed.received().contains("\r\nConnection: close\r\n"))
        #expect(closed.transport.outputIsClosed)
    }

    @Test("a client that asks for the end gets it behind its answer")
    func clientCloses() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/a", "Connection: close\r\n") + .get("/b"))
        #expect(try conversation.received().contains("Connection: close"))
        #expect(conversation.transport.outputIsClosed)
        #expect(conversation.endpoint.log == ["head /a"])
    }

    @Test("204 has no length; HEAD has the length and no body")
    func withoutBody() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/empty"))
        #expect(try conversation.received() == "HTTP/1.1 204 No Content\r\n\r\n")
        try conversation.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try conversation.received()
        #expect(answer.contains("Content-Length: 6\r\n") && answer.hasSuffix("\r\n\r\n"))
        try conversation.send(.get("/next"))
        #expect(try conversation.statuses() == [200])
    }

    @Test("an answer for a second time does nothing")
    func answeredTwice() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/twice"))
        #expect(try conversation.received().hasSuffix("one"))
    }

    @Test("an endpoint that forgets or miscounts its answer costs a 500 and the connection, no more", arguments: ["/silent", "/miscount"])
    func faultyEndpoint(path: String) throws {
        let conversation = try Conversation()
        try conversation.send(.get(path))
        #expect(try conversation.statuses() == [500])
        #expect(conversation.transport.outputIsClosed)
    }

    @Test("raw bytes above ASCII in a target arrive escaped, in any request of a read and however they are cut")
    func rawTarget() throws {
        let conversation = try Conversation()
        let bytes =
            Array((.get("/a") + .get("/né?ü") + .post("/echo", "é")).utf8) + [UInt8]("GET /".utf8)
            + [0xFF] + [UInt8](" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        try conversation.send(bytes)
        for byte in bytes { try conversation.send([byte]) }
        let log = ["head /a", "head /n%C3%A9", "head /echo", "body é", "head /%FF"]
        #expect(conversation.endpoint.log == log + log)
    }

    // MARK: - Bodies

    @Test("a body in one part is the reader's own bytes, in several parts one copy")
    func bodies() throws {
        let conversation = try Conversation()
        try conversation.send(.post("/echo", "hello"))
        #expect(try conversation.received().hasSuffix("\r\n\r\nhello"))
        let kept = conversation.endpoint.bodies[0]
        #expect(kept.storageCapacity > kept.readableBytes, "a slice of the read with its head")
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfirst")
        try conversation.send("again")
        #expect(try conversation.received().hasSuffix("\r\n\r\nfirstagain"))
    }

    @Test("chunks are put together, their extensions and trailers ignored")
    func chunks() throws {
        let conversation = try Conversation()
        let chunks = "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
        #expect(try conversation.received().hasSuffix("\r\n\r\nabcde"))
        try conversation.send(.get("/next"))
        #expect(try conversation.statuses() == [200])
    }

    @Test("requests behind a chunked body in the same read are answered in order")
    func pipelinedBehindChunks() throws {
        let conversation = try Conversation()
        let chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try conversation.send(chunked + .get("/park") + .get("/x") + .post("/echo", "tail"))
        #expect(conversation.endpoint.log == ["head /echo", "body abc", "head /park"])
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "parked")
        conversation.loop.run()
        #expect(conversation.endpoint.log.suffix(3) == ["head /x", "head /echo", "body tail"])
        #expect(try conversation.statuses() == [200, 200, 200, 200])
    }

    @Test("what is wrong behind a chunked body waits until its request is answered")
    func faultBehindChunks() throws {
        let conversation = try Conversation()
        let chunked = "POST /collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try conversation.send(chunked + .get("/x") + "\u{7}\r\n\r\n")
        #expect(try conversation.statuses() == [])
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "")
        conversation.loop.run()
        #expect(conversation.endpoint.log == ["head /collect", "body abc", "head /x"])
        #expect(try conversation.statuses() == [200, 200, 400])
        #expect(conversation.transport.outputIsClosed)
    }

    @Test("what comes behind a chunked body is not counted as its framing")
    func tailIsNoFraming() throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 50
        let conversation = try Conversation(limits: limits)
        let chunked = "POST /collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try conversation.send(chunked + .get("/x", "X: \(String(repeating: "y", count: 100))\r\n"))
        #expect(try conversation.statuses() == [])
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "")
        conversation.loop.run()
        #expect(try conversation.statuses() == [200, 200])
    }

    @Test("100 Continue goes out once the head is accepted, and not otherwise")
    func expectContinue() throws {
        let conversation = try Conversation()
        let head = "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
        try conversation.send("POST /echo \(head)3\r\n\r\n")
        #expect(try conversation.received() == "HTTP/1.1 100 Continue\r\n\r\n")
        try conversation.send("abc")
        #expect(try conversation.statuses() == [200])
        try conversation.send("POST /echo \(head)101\r\n\r\n")
        #expect(try conversation.statuses() == [413])
        #expect(conversation.transport.outputIsClosed)
    }

    // MARK: - Pipelining and parked exchanges

    @Test("a thousand requests in one read are answered in order, with one flush")
    func pipelining() throws {
        let conversation = try Conversation()
        try conversation.send((0..<1_000).map { .get("/\($0)") }.joined())
        let answers = try conversation.received()
        #expect(answers.split(separator: "\r\n\r\n").count == 1_001)
        #expect(conversation.endpoint.log == (0..<1_000).map { "head /\($0)" })
        #expect(conversation.transport.flushCount == 1)
    }

    @Test("while an exchange is parked nothing more is decoded or read, and then all of it")
    func parkedWithMoreBehind() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/park") + .get("/a") + .get("/park") + .get("/b"))
        #expect(conversation.endpoint.log == ["head /park"])
        let reads = conversation.transport.readCount
        conversation.channel.read()
        #expect(conversation.transport.readCount == reads, "held back")
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "1")
        #expect(conversation.endpoint.log == ["head /park"], "the next request does not come inside the answer")
        conversation.loop.run()
        #expect(conversation.endpoint.log == ["head /park", "head /a", "head /park"])
        #expect(conversation.transport.readCount == reads)
        conversation.endpoint.parked[1].respond(ResponseHead(.ok), body: "2")
        conversation.loop.run()
        #expect(try conversation.statuses() == [200, 200, 200, 200])
        #expect(conversation.transport.readCount == reads + 1, "the read that was held back")
    }

    @Test("an answer outside of a read is flushed at once")
    func parkedAnswer() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/park"))
        let exchange = conversation.endpoint.parked[0]
        #expect(exchange.isAlive)
        exchange.respond(ResponseHead(.ok), body: "now")
        #expect(try conversation.received().hasSuffix("now"))
        #expect(!exchange.isAlive)
        exchange.respond(ResponseHead(.ok), body: "again")
        #expect(try conversation.received() == "")
    }

    @Test("a parked exchange whose client goes away is abandoned once, and its answer goes nowhere")
    func abandoned() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/park"))
        _ = try conversation.channel.finish(acceptAlreadyClosed: true)
        #expect(conversation.endpoint.log == ["head /park", "abandoned 1"])
        #expect(!conversation.endpoint.parked[0].isAlive)
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "late")
    }

    @Test("an endpoint that takes its time over a body is told of an abandoned exchange as well")
    func abandonedAfterBody() throws {
        let conversation = try Conversation()
        try conversation.send(.post("/collect", "abc"))
        conversation.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "reset"))
        #expect(conversation.endpoint.log == ["head /collect", "body abc", "abandoned 1"])
        #expect(!conversation.isOpen)
        try conversation.channel.throwIfErrorCaught()
    }

    @Test("a body that breaks off is abandoned as well")
    func abandonedBody() throws {
        let conversation = try Conversation()
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        _ = try conversation.channel.finish(acceptAlreadyClosed: true)
        #expect(conversation.endpoint.log == ["head /echo", "abandoned 1"])
    }

    @Test("an answered exchange is not abandoned")
    func notAbandoned() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/a") + "GET /half")
        _ = try conversation.channel.finish(acceptAlreadyClosed: true)
        #expect(conversation.endpoint.log == ["head /a"])
    }

    @Test("a client that does not read its answers gets no more until it does")
    func unwritable() throws {
        let conversation = try Conversation()
        conversation.channel.isWritable = false
        conversation.channel.pipeline.fireChannelWritabilityChanged()
        try conversation.send(.get("/a") + .get("/b"))
        #expect(conversation.endpoint.log == [])
        conversation.channel.isWritable = true
        conversation.channel.pipeline.fireChannelWritabilityChanged()
        conversation.loop.run()
        #expect(try conversation.statuses() == [200, 200])
    }

    @Test("what a client sends ahead is bounded")
    func flood() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/park"))
        let piece = [UInt8](repeating: 0x20, count: 65_536)
        for _ in 0..<17 { try conversation.send(piece) }
        #expect(!conversation.isOpen)
        #expect(conversation.endpoint.log.last == "abandoned 1")
    }

    // MARK: - Splits

    static let dialogue: String =
        .get("/a") + .post("/echo", "hello") + "\r\n"
        + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3\r\nfgh\r\n0\r\nX: y\r\n\r\n"
        + "POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        + .get("/empty", "X-Long: \(String(repeating: "v", count: 300))\r\n")
        + .get("/last", "Connection: close\r\n")

    private func answers(cuttingAt sizes: () -> Int) throws -> (String, [String]) {
        let conversation = try Conversation()
        var rest = Array(Self.dialogue.utf8)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(sizes())
            rest = rest.dropFirst(piece.count)
            try conversation.send(Array(piece))
        }
        return (try conversation.received(), conversation.endpoint.log)
    }

    @Test("however the bytes are cut, the answers are the same")
    func splits() throws {
        let whole = try self.answers { .max }
        #expect(whole.1.count == 8)
        let single = try self.answers { 1 }
        #expect(single == whole)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let most = Int.random(in: 2...200, using: &generator)
            let cut = try self.answers { Int.random(in: 1...most, using: &generator) }
            #expect(cut == whole)
        }
    }
}
