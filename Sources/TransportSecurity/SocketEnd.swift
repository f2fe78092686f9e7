import NIOCore

/// In front of TLS while a handshake is under way: from here a connection ends at once. TLS itself would first wait for the peer to agree.
/// Confined to its loop.
final class SocketEnd: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func abort() {
        self.context?.close(promise: nil)
    }
}
