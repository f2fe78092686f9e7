import NIOCore

/// The heart of a simulated channel: what a stream socket of NIOPosix does, with a kernel buffer of a given size in place of the system.
/// Only lengths are kept of what is written. Confined to its loop.
final class SimulatedSocket: ChannelCore {
    /// Bytes that the kernel takes before it says that it would block.
    private let kernelBytes: Int
    private let waterMark: ChannelOptions.Types.WriteBufferWaterMark
    private let eventLoop: any EventLoop
    private let closePromise: EventLoopPromise<Void>
    /// Set right after init; let go of at the end.
    private var pipeline: ChannelPipeline?
    weak var peer: (any SocketPeer)?

    private(set) var isOpen = true
    private(set) var isActive = false
    private(set) var isWritable = true
    /// Written and not in the kernel.
    private(set) var bufferedBytes = 0
    private var flushedBytes = 0
    private var writtenBytes = 0
    /// Of writes that are not in the kernel, with what has to be in it for them.
    private var writePromises = CircularBuffer<(end: Int, promise: EventLoopPromise<Void>)>()
    private var inKernel = 0
    private var isPumping = false
    private var closesOutput = false
    private var isOutputClosed = false

    private var inbound = ByteBuffer()
    private var inboundEnd: (any Error)?
    private var isReadPending = false
    private var isReadingOut = false

    init(
        eventLoop: any EventLoop, closePromise: EventLoopPromise<Void>, kernelBytes: Int,
        waterMark: ChannelOptions.Types.WriteBufferWaterMark
    ) {
        self.eventLoop = eventLoop
        self.closePromise = closePromise
        self.kernelBytes = kernelBytes
        self.waterMark = waterMark
    }

    // MARK: - What the network does, on the loop

    /// The connection has been accepted, and its pipeline is in place.
    func activate(_ pipeline: ChannelPipeline) {
        self.pipeline = pipeline
        self.isActive = true
        pipeline.syncOperations.fireChannelRegistered()
        pipeline.syncOperations.fireChannelActive()
        self.readOn()
    }

    /// Nobody accepts the connection.
    func refuse() {
        self.isOpen = false
        self.closePromise.succeed(())
        self.peer?.serverEnded(isReset: true)
    }

    /// Bytes have arrived. They are read if the pipeline wants them.
    func arrived(_ bytes: ByteBuffer) {
        guard self.isOpen else { return }
        var bytes = bytes
        self.inbound.writeBuffer(&bytes)
        if self.isReadPending { self.readOut() }
    }

    /// The peer's FIN or reset has arrived: noticed also while nobody reads.
    func arrived(end error: any Error) {
        guard self.isOpen, self.inboundEnd == nil else { return }
        self.inboundEnd = error
        self.readOut()
    }

    /// The peer has taken bytes out of the kernel.
    func freed(_ byteCount: Int) {
        self.inKernel -= byteCount
        if self.isOpen { self.pump() }
    }

    /// How much is in the kernel, for the peer to take.
    var kernelByteCount: Int { self.inKernel }

    private func readOut() {
        guard !self.isReadingOut, let pipeline = self.pipeline else { return }
        self.isReadingOut = true
        if self.inbound.readableBytes > 0 {
            self.isReadPending = false
            let bytes = self.inbound
            self.inbound = ByteBuffer()
            pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
            if self.isActive { pipeline.syncOperations.fireChannelReadComplete() }
        }
        self.isReadingOut = false
        if let error = self.inboundEnd, self.isOpen {
            // A FIN is nothing that is fired through the pipeline.
            if error as? ChannelError != .eof { pipeline.syncOperations.fireErrorCaught(error) }
            if self.isActive { pipeline.syncOperations.fireChannelReadComplete() }
            self.close0(error: error, mode: .all, promise: nil)
        }
        self.readOn()
    }

    private func readOn() {
        if self.isActive, !self.isReadPending { self.pipeline?.syncOperations.read() }
    }

    // MARK: - ChannelCore

    func read0() {
        guard self.isActive, !self.isReadPending else { return }
        self.isReadPending = true
        guard self.inbound.readableBytes > 0, !self.isReadingOut else { return }
        // The selector would say in the loop's next turn that there is something.
        self.eventLoop.assumeIsolated().execute { if self.isReadPending { self.readOut() } }
    }

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.isOpen, !self.isOutputClosed, !self.closesOutput else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = self.unwrapData(data, as: ByteBuffer.self)
        self.bufferedBytes += bytes.readableBytes
        self.writtenBytes += bytes.readableBytes
        if let promise { self.writePromises.append((self.writtenBytes, promise)) }
        self.peer?.serverWrote(bytes)
        if self.isWritable, self.bufferedBytes > self.waterMark.high {
            self.isWritable = false
            self.pipeline?.syncOperations.fireChannelWritabilityChanged()
        }
    }

    func flush0() {
        guard self.isOpen else { return }
        self.flushedBytes = self.bufferedBytes
        self.pump()
    }

    private func pump() {
        guard !self.isPumping else { return }
        self.isPumping = true
        self.settleWrites()
        while self.isOpen, self.flushedBytes > 0, self.inKernel < self.kernelBytes {
            let taken = min(self.flushedBytes, self.kernelBytes - self.inKernel)
            self.flushedBytes -= taken
            self.bufferedBytes -= taken
            self.inKernel += taken
            self.peer?.serverSent(taken)
            self.settleWrites()
            if !self.isWritable, self.bufferedBytes < self.waterMark.low {
                self.isWritable = true
                self.pipeline?.syncOperations.fireChannelWritabilityChanged()
            }
        }
        self.isPumping = false
        if self.isOpen, self.closesOutput, !self.isOutputClosed, self.bufferedBytes == 0 {
            self.isOutputClosed = true
            self.peer?.serverEnded(isReset: false)
            self.pipeline?.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
        }
    }

    private func settleWrites() {
        while let first = self.writePromises.first, first.end <= self.writtenBytes - self.bufferedBytes {
            self.writePromises.removeFirst().promise.succeed(())
        }
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard self.isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        guard mode == .all else {
            self.closesOutput = true
            // A half-close does not flush; what was flushed goes first.
            self.pump()
            promise?.succeed(())
            return
        }
        self.isOpen = false
        self.isActive = false
        // The system answers with a reset if somebody closes on bytes that he has not read.
        self.peer?.serverEnded(isReset: self.inbound.readableBytes > 0)
        while let lost = self.writePromises.popFirst() { lost.promise.fail(ChannelError.ioOnClosedChannel) }
        promise?.succeed(())
        guard let pipeline = self.pipeline else { return }
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        // In a later turn: whoever closes may still be on its way through the pipeline.
        self.eventLoop.assumeIsolated().execute {
            self.removeHandlers(pipeline: pipeline)
            self.pipeline = nil
            self.closePromise.succeed(())
        }
    }

    func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func register0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func bind0(to address: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.operationUnsupported) }
    func connect0(to address: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.operationUnsupported) }
    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func channelRead0(_ data: NIOAny) {}
    func errorCaught0(error: any Error) {}
}

@available(*, unavailable) extension SimulatedSocket: Sendable {}
