import NIOCore

/// The other end of a simulated socket. Called on the socket's loop.
protocol SocketPeer: AnyObject {
    /// The server has written this: it may wait in the channel for long. Nothing of it is kept by the socket but its length.
    func serverWrote(_ bytes: ByteBuffer)
    /// So many more bytes have left the channel for the kernel.
    func serverSent(_ byteCount: Int)
    /// Nothing more will leave the channel.
    /// - Parameter isReset: the connection is broken and not ended.
    func serverEnded(isReset: Bool)
}
