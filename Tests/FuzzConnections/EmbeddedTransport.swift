import NIOCore

/// Stands in for the socket in front of an embedded pipeline: notes our FIN, which an embedded channel would take for a full close, and can
/// keep what is written, as the socket of a peer that does not read does.
final class EmbeddedTransport: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private(set) var outputIsClosed = false
    /// The peer's window is full.
    var isStalled = false

    func flush(context: ChannelHandlerContext) {
        if !self.isStalled { context.flush() }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        self.outputIsClosed = true
        promise?.succeed(())
        context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    }
}
