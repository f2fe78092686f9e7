import Glibc
package import NIOCore
import NIOPosix

/// The server's sockets: one listener a loop on the same address, so that the kernel spreads connections and none changes its loop.
package final class HTTPListener: Sendable {
    private static let backlog: Int32 = 4_096
    /// The kernel doubles it for its own overhead.
    private static let sendBufferBytes: SocketOptionValue = 131_072
    /// Milliseconds that sent bytes may stay unacknowledged, or a window closed.
    private static let userTimeout: SocketOptionValue = 30_000

    private let channels: [any Channel]
    /// Where it listens; with the real port if 0 was asked for.
    package let localAddress: SocketAddress

    private init(channels: [any Channel], localAddress: SocketAddress) {
        self.channels = channels
        self.localAddress = localAddress
    }

    /// - Parameters:
    ///   - host: an address of this machine or a name of one.
    ///   - port: 0 for any that is free.
    ///   - loops: each gets a listener and keeps what it accepts.
    ///   - makeConnection: sets up an accepted channel; called on the loop that it belongs to. A throw closes the channel.
    /// - Throws: `HTTPListenerError`.
    package static func bind(
        host: String, port: Int, loops: [any EventLoop], makeConnection: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> HTTPListener {
        guard !loops.isEmpty else { throw HTTPListenerError.noLoops }
        var address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw HTTPListenerError.hostNotFound
        }
        var channels: [any Channel] = []
        do {
            if port != 0 { try self.probe(address) }
            for loop in loops {
                let channel = try await self.bootstrap(loop, makeConnection).bind(to: address).get()
                channels.append(channel)
                address = channel.localAddress ?? address
            }
        } catch {
            for channel in channels { try? await channel.close().get() }
            throw self.listenerError(error)
        }
        return HTTPListener(channels: channels, localAddress: address)
    }

    /// Stops accepting. Accepted connections live on.
    package func close() async {
        for channel in self.channels { try? await channel.close().get() }
    }

    /// With SO_REUSEPORT a second server of the same user would get the address as well, and half of the connections: a socket without it
    /// finds out. Bound and never listening: a client that comes early must not be accepted by a socket that goes away.
    private static func probe(_ address: SocketAddress) throws {
        let descriptor = socket(address.protocol.rawValue, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { _ = Glibc.close(descriptor) }
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        guard address.withSockAddr({ Glibc.bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            throw IOError(errnoCode: errno, reason: "bind")
        }
    }

    private static func bootstrap(
        _ loop: any EventLoop, _ makeConnection: @escaping @Sendable (any Channel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: CInt(SO_REUSEPORT))), value: 1)
            // Accepted sockets inherit these. The kernel's own queue is bounded, as nobody counts it, and a peer that has vanished does not
            // hold it for a quarter of an hour.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.sendBufferBytes)
            .serverChannelOption(.tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: Self.userTimeout)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of descriptors, the listener stays readable: without a pause the loop would spin.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Set here, as the bootstrap's own way costs a handful of allocations an option.
                    let options = channel.syncOptions
                    // One buffer a connection; small at first, as most stay idle.
                    try options?.setOption(.maxMessagesPerRead, value: 1)
                    try options?.setOption(
                        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536))
                    // From here on a queue is worth looking after.
                    try options?.setOption(.writeBufferWaterMark, value: .init(low: 16_384, high: 65_536))
                    try makeConnection(channel)
                }
            }
    }

    private static func listenerError(_ error: any Error) -> HTTPListenerError {
        guard let error = error as? IOError else { return .failed(code: 0) }
        return switch error.errnoCode {
        case EADDRINUSE: .addressInUse
        case EADDRNOTAVAIL: .addressNotAvailable
        case EACCES: .permissionDenied
        default: .failed(code: error.errnoCode)
        }
    }
}
