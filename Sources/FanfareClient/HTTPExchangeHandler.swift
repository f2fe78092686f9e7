import NIOCore
import NIOHTTP1

/// The last handler of an HTTP/1.1 client connection: one request at a time, each with its answer. Confined to its loop.
final class HTTPExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPExchange
    typealias OutboundOut = HTTPClientRequestPart

    private var pending: EventLoopPromise<HTTPAnswer>?
    private var answer: HTTPAnswer?
    /// The server wants the connection to end behind the answer.
    private var isLast = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = self.unwrapOutboundIn(data)
        guard self.pending == nil, !self.isLast, context.channel.isActive else {
            exchange.answer.fail(ChannelError.ioOnClosedChannel)
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.pending = exchange.answer
        context.write(self.wrapOutboundOut(.head(exchange.head)), promise: nil)
        if let body = exchange.body { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.write(self.wrapOutboundOut(.end(nil)), promise: nil)
        // From here on it is for this handler to say how it ends.
        promise?.succeed()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.answer = HTTPAnswer(status: Int(head.status.code))
            if !head.isKeepAlive { self.isLast = true }
        case .body(var body):
            guard var answer else { return }
            self.answer = nil
            let room = max(0, HTTPAnswer.maximumBodyBytes - answer.body.readableBytes)
            if var piece = body.readSlice(length: min(room, body.readableBytes)) { answer.body.writeBuffer(&piece) }
            self.answer = answer
        case .end:
            guard let answer else { return }
            self.answer = nil
            let pending = self.pending
            self.pending = nil
            // First, so that who hears the answer finds the connection unusable.
            if self.isLast { context.close(promise: nil) }
            pending?.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(error)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        let pending = self.pending
        self.pending = nil
        pending?.fail(error)
    }
}
