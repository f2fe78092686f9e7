import FanfareClient
import NIOCore
import NIOEmbedded
import Testing

@Suite("A publishing connection")
struct HTTPClientConnectionTests {
    private static func connected() throws -> (EmbeddedChannel, HTTPClientConnection) {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 8000)).wait()
        return (channel, try HTTPClientConnection(channel: channel))
    }

    private static func request(key: String? = nil) throws -> PublishRequest {
        PublishRequest(url: try ServerURL("http://[::1]:8000"), channel: Array("a/b".utf8), event: Array("é".utf8), key: key)
    }

    private static func sent(_ channel: EmbeddedChannel) throws -> String {
        var sent = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += String(buffer: buffer) }
        return sent
    }

    @Test("carries one request after the other")
    func keepAlive() throws {
        let (channel, connection) = try Self.connected()
        for number in 0..<3 {
            let answer = connection.publish(try Self.request(key: number == 1 ? "secret" : nil), ByteBuffer(string: "1e400"))
            let sent = try Self.sent(channel)
            #expect(sent.hasPrefix("POST /broadcast/a%2Fb/%C3%A9 HTTP/1.1\r\nHost: [::1]:8000\r\n"))
            #expect(sent.contains("\r\nContent-Length: 5\r\n"))
            #expect(sent.contains("\r\nContent-Type: application/json\r\n"))
            #expect(sent.contains("\r\nAuthorization: Bearer secret\r\n") == (number == 1))
            #expect(sent.hasSuffix("\r\n\r\n1e400"))
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"subscribers\":\(number)}".utf8 {
                try channel.writeInbound(ByteBuffer(bytes: [byte]))
            }
            #expect(try answer.wait() == HTTPAnswer(status: 200, body: ByteBuffer(string: "{\"subscribers\":\(number)}")))
            #expect(connection.isUsable)
        }
    }

    @Test("a second request before the answer is refused, and the first is not harmed")
    func onlyOne() throws {
        let (channel, connection) = try Self.connected()
        let first = connection.publish(try Self.request(), ByteBuffer(string: "1"))
        let second = connection.publish(try Self.request(), ByteBuffer(string: "2"))
        #expect(throws: ChannelError.self) { try second.wait() }
        try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        #expect(try first.wait().status == 200)
    }

    @Test("an answer that is the last one is heard, and the connection is not used again")
    func last() throws {
        let (channel, connection) = try Self.connected()
        let answer = connection.publish(try Self.request(), ByteBuffer(string: "1"))
        try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"))
        #expect(try answer.wait().status == 413)
        #expect(!connection.isUsable)
        let late = connection.publish(try Self.request(), ByteBuffer(string: "2"))
        #expect(throws: (any Error).self) { try late.wait() }
    }

    @Test(
        "a connection that ends or talks nonsense fails the request",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12", "\u{0}\u{1}\u{2}garbage", "HTTP/1.1 9999 x\r\n\r\n", "SSH-2.0-x\r\n",
        ])
    func nonsense(bytes: String) throws {
        let (channel, connection) = try Self.connected()
        let answer = connection.publish(try Self.request(), ByteBuffer(string: "1"))
        _ = try? channel.writeInbound(ByteBuffer(string: bytes))
        try? channel.close().wait()
        #expect(throws: (any Error).self) { try answer.wait() }
        #expect(!connection.isUsable)
    }

    @Test("of an endless body only the beginning is kept")
    func endlessBody() throws {
        let (channel, connection) = try Self.connected()
        let answer = connection.publish(try Self.request(), ByteBuffer(string: "1"))
        try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
        let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
        for _ in 0..<20 { try channel.writeInbound(ByteBuffer(string: chunk)) }
        try channel.writeInbound(ByteBuffer(string: "0\r\n\r\n"))
        #expect(try answer.wait().body.readableBytes == HTTPAnswer.maximumBodyBytes)
    }
}
