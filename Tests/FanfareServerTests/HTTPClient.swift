import NIOCore
import NIOPosix

/// A client that says exactly what a test wants it to say: one connection, one request, the bytes until the server closes.
struct HTTPClient {
    let address: SocketAddress

    struct Answer: Equatable {
        let status: Int
        let head: String
        let body: String
    }

    func send(_ method: String, _ path: String, host: String = "localhost:8000", fields: [String] = [], body: String = "") async throws
        -> Answer
    {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close", "Content-Length: \(body.utf8.count)"] + fields
        let request = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(to: self.address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let text = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var received = ByteBuffer()
            for try await part in inbound { received.writeImmutableBuffer(part) }
            return String(buffer: received)
        }
        guard let end = text.firstRange(of: "\r\n\r\n"), let status = Int(text.dropFirst("HTTP/1.1 ".count).prefix(3)) else {
            return Answer(status: 0, head: text, body: "")
        }
        return Answer(status: status, head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }

    func publish(host: String = "localhost:8000", fields: [String] = []) async throws -> Answer {
        try await self.send("POST", "/broadcast/news/update", host: host, fields: ["Content-Type: application/json"] + fields, body: "[1]")
    }
}
