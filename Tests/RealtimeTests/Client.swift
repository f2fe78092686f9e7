import NIOCore
import NIOEmbedded
import WebSocketFraming

/// One connection, played from the client's side with the bytes that would be on the wire.
final class Client {
    let channel: EmbeddedChannel
    let transport = Transport()
    private var unread: [UInt8] = []

    init(channel: EmbeddedChannel) throws {
        self.channel = channel
        try channel.pipeline.syncOperations.addHandler(self.transport)
    }

    deinit {
        self.disconnect()
    }

    var isOpen: Bool { self.channel.isActive }

    /// One read of these bytes.
    func send(_ bytes: [UInt8]) throws {
        guard self.channel.isActive else { return }
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func send(_ text: String) throws {
        try self.send(Array(text.utf8))
    }

    /// Everything that was written since the last call.
    func received() throws -> [UInt8] {
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) { self.unread += buffer.readableBytesView }
        defer { self.unread = [] }
        return self.unread
    }

    /// The peer's connection goes away. Not the channel's `finish`, which would also run everything that is scheduled on the loop.
    func disconnect() {
        guard self.channel.isActive else { return }
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.run()
    }

    // MARK: - HTTP

    func request(_ method: String, _ target: String, _ fields: [String] = [], body: String = "") throws {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost:8000"] + fields
        if method == "POST" || !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        try self.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// The answers since the last call.
    func answers() throws -> [Answer] {
        Answer.parse(try self.received())
    }

    /// The only one; nil if there is none or several.
    func answer() throws -> Answer? {
        let answers = try self.answers()
        return answers.count == 1 ? answers.first : nil
    }

    // MARK: - WebSocket

    /// A text message in one masked frame.
    func send(message text: String) throws {
        try self.send(ClientFrame.text(text))
    }

    /// The frames since the last call, as `ServerFrame` describes them.
    func frames() throws -> [String] {
        ServerFrame.describe(try self.received())
    }
}
