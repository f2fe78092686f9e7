import NIOCore
import RESP

/// Takes Redis' bytes apart for a link. Last in the pipeline of one connection.
final class RedisHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: RedisLink
    private var reader: RESPReader
    /// From the beginning of the unfinished reply on.
    private var unread = ByteBuffer()
    /// Fewer bytes hold no whole reply.
    private var wanted = 1

    init(_ link: RedisLink, limits: RESPLimits) {
        self.link = link
        self.reader = RESPReader(limits: limits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = self.unwrapInboundIn(data)
        if self.unread.readableBytes == 0 { self.unread = part } else { self.unread.writeBuffer(&part) }
        do {
            while self.unread.readableBytes >= self.wanted {
                switch try self.reader.advance(over: self.unread.readableBytesUInt8Span) {
                case .needsMore(let byteCount):
                    self.wanted = byteCount
                case .reply(let reply):
                    let value = RESPValue.decode(reply.value, of: self.unread.readableBytesUInt8Span)
                    self.unread.moveReaderIndex(forwardBy: reply.byteCount)
                    self.wanted = 1
                    if let value { self.link.received(value, on: context.channel) }
                }
            }
        } catch {
            self.link.broke(error.message, on: context.channel)
        }
        if self.unread.readableBytes == 0 { self.unread = ByteBuffer() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.link.broke("Redis has closed the connection", on: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.link.broke("the connection to Redis broke: \(error)", on: context.channel)
        context.close(promise: nil)
    }
}
