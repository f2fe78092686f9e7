@testable import HTTPEdge
import NIOCore
import NIOEmbedded
import Testing

@Suite("HTTP upgrade")
struct HTTPUpgradeTests {
    /// Notes what the new protocol gets, and answers in its own way.
    final class NewProtocol: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        var log: [String] = []

        func handlerAdded(context: ChannelHandlerContext) {
            self.log.append("added")
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "open;")), promise: nil)
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.log.append("read \(String(buffer: self.unwrapInboundIn(data)))")
        }
        func channelReadComplete(context: ChannelHandlerContext) { self.log.append("complete") }
        func channelInactive(context: ChannelHandlerContext) { self.log.append("inactive") }
        func handlerRemoved(context: ChannelHandlerContext) { self.log.append("removed") }
    }

    static let fields = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    static let response = String(buffer: ScriptedEndpoint.upgradeResponse)

    private func conversation() throws -> (Conversation, NewProtocol) {
        let conversation = try Conversation()
        let handler = NewProtocol()
        conversation.endpoint.upgradeHandler = handler
        return (conversation, handler)
    }

    @Test("upgrade on the n-th request, in its head, with left-over bytes", arguments: [1, 3], ["", "\u{1}frame"])
    func inHead(requests: Int, leftOver: String) throws {
        let (conversation, handler) = try self.conversation()
        let earlier = (1..<requests).map { .get("/\($0)") }.joined()
        try conversation.send(earlier + .get("/upgrade", Self.fields) + leftOver)
        #expect(try conversation.received().hasSuffix(Self.response + "open;"))
        #expect(conversation.handlerNames() == [])
        try conversation.send("more")
        let first = leftOver.isEmpty ? ["added"] : ["added", "read \(leftOver)", "complete"]
        #expect(handler.log.filter { $0 != "complete" } == (first + ["read more"]).filter { $0 != "complete" })
        #expect(handler.log.last == "complete")
    }

    @Test("upgrade some turns later, on the n-th request, with bytes that came before and meanwhile", arguments: [1, 3])
    func later(requests: Int) throws {
        let (conversation, handler) = try self.conversation()
        let earlier = (1..<requests).map { .get("/\($0)") }.joined()
        try conversation.send(earlier + .get("/park", Self.fields) + "a")
        try conversation.send("b")
        conversation.loop.run()
        conversation.channel.read()
        let reads = conversation.transport.readCount
        conversation.endpoint.parked[0].upgrade(responding: ScriptedEndpoint.upgradeResponse, to: handler)
        #expect(handler.log == ["added", "read ab", "complete"])
        #expect(try conversation.received().hasSuffix(Self.response + "open;"))
        #expect(conversation.transport.readCount == reads + 1, "the read that was held back")
        #expect(!conversation.endpoint.parked[0].isAlive)
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "late")
        #expect(try conversation.received() == "")
        conversation.advance(milliseconds: 200_000)
        #expect(conversation.isOpen, "HTTP's deadlines are gone")
    }

    @Test("byte by byte, the new protocol gets every byte behind the request, once and in order")
    func byteByByte() throws {
        let (conversation, handler) = try self.conversation()
        for byte in (.get("/a") + .get("/upgrade", Self.fields) + "frames").utf8 { try conversation.send([byte]) }
        #expect(handler.log.filter { $0.hasPrefix("read") }.map { $0.dropFirst(5) }.joined() == "frames")
    }

    @Test("an upgrade request with a body upgrades behind the body")
    func withBody() throws {
        let (conversation, handler) = try self.conversation()
        try conversation.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\(Self.fields)\r\nbo")
        #expect(handler.log == [])
        try conversation.send("dyrest")
        #expect(handler.log.prefix(2) == ["added", "read rest"])
    }

    @Test(
        "a request that asks for an upgrade and gets a plain answer ends the connection",
        arguments: [fields, "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"])
    func refused(fields: String) throws {
        let (conversation, _) = try self.conversation()
        try conversation.send(.get("/a", fields) + "PRI * HTTP/2.0\r\n\r\n")
        let answer = try conversation.received()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Connection: close\r\n"))
        #expect(conversation.transport.outputIsClosed)
        #expect(conversation.endpoint.log == ["head /a"])
    }

    @Test("an upgrade that nobody asked for is a 500")
    func unasked() throws {
        let (conversation, handler) = try self.conversation()
        try conversation.send(.get("/upgrade"))
        #expect(try conversation.statuses() == [500])
        #expect(handler.log == [])
    }

    @Test("a reset before, or in the turn of, the upgrade does no harm")
    func reset() throws {
        let (before, unused) = try self.conversation()
        try before.send(.get("/park", Self.fields))
        before.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "reset"))
        before.endpoint.parked[0].upgrade(responding: ScriptedEndpoint.upgradeResponse, to: unused)
        #expect(before.endpoint.log.last == "abandoned 1")
        #expect(unused.log == [])

        let (after, handler) = try self.conversation()
        try after.send(.get("/upgrade", Self.fields))
        _ = try after.channel.finish(acceptAlreadyClosed: true)
        #expect(handler.log == ["added", "complete", "inactive", "removed"])
    }
}
