import Glibc
package import NIOCore

/// The last handler of a connection, as far as it writes: into the socket itself while nothing is queued in front, into NIO's queue
/// otherwise. A lone buffer, which nearly every delivery and every answer is, costs a quarter less this way (docs/performance.md).
///
/// Everything that is written to the connection has to go through here, or bytes overtake each other. A base class, so that the hot path
/// touches one object less; `open`, since only such a class can be inherited from in another target. Confined to the channel's loop.
open class SocketWriter {
    private typealias Socket = any NIOTransportAccessibleChannelCore<NIOBSDSocket.Handle>

    /// Nil outside of the pipeline; kept by the handler.
    package final var context: ChannelHandlerContext?
    /// No other handler, such as TLS, stands in front.
    package final var reachesSocket = false
    /// NIO lends the descriptor for the length of a call and refuses once the channel is closed, so that a number which the kernel has
    /// given to another connection is never written to. Looked up when it is first needed, and kept: `withUnsafeTransportIfAvailable`
    /// casts dynamically in every call, which costs more than NIO's queue does.
    private final var socket: Socket?
    /// NIO was given something since its queue was last seen empty.
    private final var mayHaveQueue = true
    /// Written and not flushed, as long as it is all of that.
    private final var held: ByteBuffer?

    public init() {}

    /// Takes bytes that a flush will send.
    package final func write(_ bytes: ByteBuffer) {
        if self.held == nil, self.isStraight() {
            self.held = bytes
        } else {
            self.queue(bytes)
        }
    }

    /// Takes bytes that a flush will send; for those that are few and rare, as it looks nothing up.
    package final func queue(_ bytes: ByteBuffer) {
        self.queueHeld()
        self.context?.write(NIOAny(bytes), promise: nil)
    }

    package final func flush() {
        if let bytes = self.held.take() {
            self.send(bytes)
        } else {
            self.context?.flush()
        }
    }

    /// The hot path: one call a receiver.
    package final func writeAndFlush(_ bytes: ByteBuffer) {
        if self.held == nil, self.isStraight() {
            self.send(bytes)
        } else {
            self.queue(bytes)
            self.context?.flush()
        }
    }

    /// Sends the last bytes, behind what was written.
    /// - Parameter promise: kept when the kernel has all of it.
    package final func writeAndFlush(last bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        self.queueHeld()
        self.context?.writeAndFlush(NIOAny(bytes), promise: promise)
    }

    /// Whether bytes may go into the socket now.
    private final func isStraight() -> Bool {
        guard self.reachesSocket else { return false }
        return !self.mayHaveQueue || self.seesEmptyQueue()
    }

    private final func seesEmptyQueue() -> Bool {
        guard let channel = self.context?.channel, channel.isWritable,
            (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0
        else { return false }
        if self.socket == nil { self.socket = channel._channelCore as? Socket }
        self.reachesSocket = self.socket != nil
        self.mayHaveQueue = !self.reachesSocket
        return self.reachesSocket
    }

    private final func send(_ bytes: ByteBuffer) {
        let sent = self.sendNow(bytes)
        guard sent < bytes.readableBytes else { return }
        var rest = bytes
        rest.moveReaderIndex(forwardBy: sent)
        self.queue(rest)
        self.context?.flush()
    }

    /// - Returns: how many of the bytes the kernel has taken: not all when it is full, none when the connection is over, which is NIO's to
    ///   find out and to tell.
    private final func sendNow(_ bytes: ByteBuffer) -> Int {
        let sent = try? bytes.withUnsafeReadableBytes { bytes in
            try self.socket?.withUnsafeTransport { Glibc.send($0, bytes.baseAddress, bytes.count, Self.flags) }
        }
        return max(sent ?? 0, 0)
    }

    private final func queueHeld() {
        self.mayHaveQueue = true
        if let held = self.held.take() { self.context?.write(NIOAny(held), promise: nil) }
    }

    private static let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
}

@available(*, unavailable) extension SocketWriter: Sendable {}
