import NIOCore
import NIOSSL
import NIOTLS

/// Counts one handshake, from the connection's start to its completion or its deadline, and leaves the pipeline with it. Confined to its
/// loop.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let handshakes: HandshakeCount
    private let socket: SocketEnd
    private let deadline: TimeAmount
    private var timer: Scheduled<Void>?
    private var isComplete = false

    /// - Parameter socket: stands in front of TLS in the same pipeline.
    init(_ handshakes: HandshakeCount, socket: SocketEnd, deadline: TimeAmount) {
        self.handshakes = handshakes
        self.socket = socket
        self.deadline = deadline
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.handshakes.began()
        let socket = NIOLoopBound(self.socket, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(in: self.deadline) { socket.value.abort() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.handshakes.ended(isComplete: self.isComplete)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case .handshakeCompleted = event as? TLSUserEvent {
            self.isComplete = true
            context.pipeline.syncOperations.removeHandler(self.socket, promise: nil)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    /// Somebody who speaks no TLS, or no TLS that we do: there is nothing to say to him.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is NIOSSLError || error is BoringSSLError else { return context.fireErrorCaught(error) }
        self.socket.abort()
    }
}
