@testable import HTTPEdge
import NIOCore
import NIOEmbedded

/// One connection in an embedded channel with a virtual clock, played from the client's side.
final class Conversation {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let http: HTTPLoop
    let endpoint = ScriptedEndpoint()
    let transport = Transport()

    init(limits: HTTPLimits = HTTPLimits()) throws {
        self.channel = EmbeddedChannel(loop: self.loop)
        self.http = HTTPLoop(eventLoop: self.loop, limits: limits)
        try self.channel.pipeline.syncOperations.addHandler(self.transport)
        try self.http.configure(self.channel, endpoint: self.endpoint)
        self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    deinit {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    /// One read of these bytes.
    func send(_ text: String) throws {
        try self.send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        guard self.channel.isActive else { return }
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// Everything that was written since the last call.
    func received() throws -> String {
        var text = ""
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) {
            text += String(buffer: buffer)
        }
        return text
    }

    /// The status codes that were written since the last call.
    func statuses() throws -> [Int] {
        try self.received().split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
    }

    func advance(milliseconds: Int64) {
        self.loop.advanceTime(by: .milliseconds(milliseconds))
    }

    var isOpen: Bool { self.channel.isActive }

    /// What the pipeline holds, our stand-in for the socket aside.
    func handlerNames() -> [String] {
        [
            try? self.channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self) as Any,
            try? self.channel.pipeline.syncOperations.handler(type: RequestDecoderHandler.self) as Any,
        ].compactMap { $0 }.map { String(describing: type(of: $0)) }
    }
}

extension String {
    /// A GET of this path.
    static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    /// A POST with a body of known length.
    static func post(_ path: String, _ body: String, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }
}
