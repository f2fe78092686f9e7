import Glibc
package import NIOCore
import NIOPosix

package enum HTTPListenerError: Error, Equatable, Sendable {
    /// Somebody listens there already.
    case addressInUse
}

/// The listening sockets, one a loop: an accepted connection stays on the loop that accepted it.
package final class HTTPListener: Sendable {
    private let channels: [any Channel]
    package let localAddress: SocketAddress

    private init(channels: [any Channel], localAddress: SocketAddress) {
        self.channels = channels
        self.localAddress = localAddress
    }

    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - makeConnection: called for each accepted connection, on its loop.
    /// - Throws: `HTTPListenerError`, or what the system says of the address.
    package static func bind(
        host: String, port: Int, loops: [any EventLoop], makeConnection: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> HTTPListener {
        do {
            try await Self.probe(host: host, port: port, loop: loops[0])
            var channels: [any Channel] = []
            var port = port
            for loop in loops {
                let channel = try await Self.bootstrap(loop, makeConnection).bind(host: host, port: port).get()
                channels.append(channel)
                port = channel.localAddress?.port ?? port
            }
            guard let address = channels.first?.localAddress else { throw ChannelError.unknownLocalAddress }
            return HTTPListener(channels: channels, localAddress: address)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw HTTPListenerError.addressInUse
        }
    }

    /// With SO_REUSEPORT a second server would share the port without a word: without it the address has to be free.
    private static func probe(host: String, port: Int, loop: any EventLoop) async throws {
        guard port != 0 else { return }
        let probe = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port).get()
        try await probe.close().get()
    }

    private static func bootstrap(
        _ loop: any EventLoop, _ makeConnection: @escaping @Sendable (any Channel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1)
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelInitializer { channel in
                // Out of descriptors: wait instead of spinning on a listener that stays readable.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try makeConnection(channel) }
            }
    }

    package func close() async {
        for channel in self.channels {
            try? await channel.close().get()
        }
    }
}
