import NIOCore
import Synchronization

/// A channel of a simulated loop. To be used on the loop, as the product does; another use is found out.
final class SimulatedChannel: Channel {
    let eventLoop: any EventLoop
    let closeFuture: EventLoopFuture<Void>
    let allocator = ByteBufferAllocator()
    private let socket: NIOLoopBound<SimulatedSocket>
    private let wholePipeline = Mutex<ChannelPipeline?>(nil)

    /// Called on the loop.
    init(eventLoop: any EventLoop, kernelBytes: Int, waterMark: ChannelOptions.Types.WriteBufferWaterMark) {
        let closePromise = eventLoop.makePromise(of: Void.self)
        self.eventLoop = eventLoop
        self.closeFuture = closePromise.futureResult
        self.socket = NIOLoopBound(
            SimulatedSocket(eventLoop: eventLoop, closePromise: closePromise, kernelBytes: kernelBytes, waterMark: waterMark),
            eventLoop: eventLoop)
        let pipeline = ChannelPipeline(channel: self)
        self.wholePipeline.withLock { $0 = pipeline }
    }

    /// To be called on the loop.
    var core: SimulatedSocket { self.socket.value }

    var pipeline: ChannelPipeline { self.wholePipeline.withLock { $0 } ?? ChannelPipeline(channel: self) }
    var _channelCore: any ChannelCore { self.core }
    var isWritable: Bool { self.core.isWritable }
    var isActive: Bool { self.core.isActive }
    var localAddress: SocketAddress? { nil }
    var remoteAddress: SocketAddress? { nil }
    var parent: (any Channel)? { nil }
    var syncOptions: (any NIOSynchronousChannelOptions)? { Options(channel: self) }

    /// Breaks the circle of channel and pipeline, after the end.
    func dispose() {
        self.wholePipeline.withLock { $0 = nil }
    }

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        self.eventLoop.makeSucceededVoidFuture()
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        self.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    private struct Options: NIOSynchronousChannelOptions {
        let channel: SimulatedChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {}

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
            if option is ChannelOptions.Types.BufferedWritableBytesOption, let bytes = self.channel.core.bufferedBytes as? Option.Value {
                return bytes
            }
            throw ChannelError.operationUnsupported
        }
    }
}
