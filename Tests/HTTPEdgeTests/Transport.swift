import NIOCore

/// Stands in for the socket at the front of an embedded pipeline: notes reads and the FIN, which an embedded channel takes for a full close.
final class Transport: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    /// Reads that came through.
    private(set) var readCount = 0
    private(set) var flushCount = 0
    private(set) var writeCount = 0
    private(set) var outputIsClosed = false
    /// Storage of each written buffer, to see it used again.
    private(set) var writtenStorage: [UInt] = []

    func read(context: ChannelHandlerContext) {
        self.readCount += 1
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.writeCount += 1
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        self.flushCount += 1
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        self.outputIsClosed = true
        promise?.succeed(())
        context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    }
}
