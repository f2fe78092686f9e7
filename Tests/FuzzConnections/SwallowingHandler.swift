import NIOCore

/// What a connection becomes that has left HTTP.
final class SwallowingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
