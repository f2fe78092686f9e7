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
            try Self.probe(host: host, port: port)
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

    /// With SO_REUSEPORT a second server would share the port without a word: without it the address has to be free. Bound, but never
    /// listening: a client that comes back early must not be accepted by a socket that goes away.
    private static func probe(host: String, port: Int) throws {
        guard port != 0 else { return }
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let descriptor = socket(address.protocol.rawValue, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { _ = Glibc.close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let result = address.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
        guard result == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
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
