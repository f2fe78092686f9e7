package import NIOCore
import NIOHTTP1
import NIOPosix

/// A keep-alive HTTP/1.1 connection that carries one request at a time. Usable from any thread; on its loop without a hop.
package struct HTTPClientConnection: Sendable {
    private let channel: any Channel

    /// - Parameter channel: connected, or about to be; without handlers. To be called on its loop.
    package init(channel: any Channel, to url: ServerURL? = nil) throws {
        self.channel = channel
        try url?.secure(channel)
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(HTTPExchangeHandler())
    }

    /// Fails with what `ConnectFailure` has words for.
    package static func connect(
        to url: ServerURL, on eventLoop: any EventLoop, timeout: TimeAmount = .seconds(10)
    ) -> EventLoopFuture<HTTPClientConnection> {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: url.host, port: url.port)
            .flatMapThrowing { try HTTPClientConnection(channel: $0, to: url) }
    }

    /// Whether another request can be sent. The server may end the connection at any moment all the same.
    package var isUsable: Bool { self.channel.isActive }

    /// Sends a request; the answer comes before the next may be sent. Fails when the connection ends first: whether the server has carried
    /// out the request is then unknown.
    func send(_ head: HTTPRequestHead, body: ByteBuffer?) -> EventLoopFuture<HTTPAnswer> {
        let answer = self.channel.eventLoop.makePromise(of: HTTPAnswer.self)
        let taken = self.channel.eventLoop.makePromise(of: Void.self)
        // A channel that has been closed has no handler any more that could tell.
        taken.futureResult.whenFailure { answer.fail($0) }
        self.channel.writeAndFlush(HTTPExchange(head: head, body: body, answer: answer), promise: taken)
        return answer.futureResult
    }

    /// Sends one message to be published.
    package func publish(_ request: PublishRequest, _ body: ByteBuffer) -> EventLoopFuture<HTTPAnswer> {
        self.send(request.head(bodyBytes: body.readableBytes), body: body)
    }

    /// Sends a GET, or a POST of text if there is a body.
    package func request(_ url: ServerURL, _ target: String, body: ByteBuffer?) -> EventLoopFuture<HTTPAnswer> {
        var headers: HTTPHeaders = ["Host": url.authority]
        if let body {
            headers.add(name: "Content-Type", value: "text/plain;charset=UTF-8")
            headers.add(name: "Content-Length", value: String(body.readableBytes))
        }
        return self.send(HTTPRequestHead(version: .http1_1, method: body == nil ? .GET : .POST, uri: target, headers: headers), body: body)
    }

    package func close() {
        self.channel.close(promise: nil)
    }
}
