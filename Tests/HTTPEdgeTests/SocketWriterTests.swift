import Glibc
import HTTPEdge
import NIOCore
import NIOPosix
import Testing

/// On a pair of real sockets, whose other end is read by hand.
@Suite("Writing to the socket")
struct SocketWriterTests {
    /// The last handler: nothing but what it writes with.
    private final class Writer: SocketWriter, ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    }

    /// In front of it: counts what goes through NIO.
    private final class Counter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var writes = 0
        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            self.writes += 1
            context.write(data, promise: promise)
        }
    }

    private struct Connection: Sendable {
        let channel: any Channel
        let writer: NIOLoopBound<Writer>
        let counter: NIOLoopBound<Counter>
        /// The other end.
        let peer: CInt

        /// What has arrived, without waiting for more.
        func received() -> [UInt8] {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(self.peer, &piece, piece.count, CInt(MSG_DONTWAIT))
                guard count > 0 else { return bytes }
                bytes += piece.prefix(count)
            }
        }

        /// The next bytes; fewer if they take too long. Not to be called on the loop, which has to send them.
        func receive(_ byteCount: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while bytes.count < byteCount {
                let count = recv(self.peer, &piece, min(piece.count, byteCount - bytes.count), 0)
                guard count > 0 else { break }
                bytes += piece.prefix(count)
            }
            return bytes
        }

        func onLoop<Result: Sendable>(_ body: @escaping @Sendable (Writer) throws -> Result) async throws -> Result {
            try await self.channel.eventLoop.submit { try body(self.writer.value) }.get()
        }

        /// How often NIO was written to.
        func writes() async throws -> Int {
            try await self.channel.eventLoop.submit { self.counter.value.writes }.get()
        }
    }

    private static func pair() -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        return (ends[0], ends[1])
    }

    private func withConnection(reachesSocket: Bool = true, _ body: (Connection) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (ours, peer) = Self.pair()
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let channel = try await ClientBootstrap(group: group).channelOption(.socketOption(.so_sndbuf), value: 4_096)
            .withConnectedSocket(ours).get()
        let connection = try await channel.eventLoop.submit {
            let writer = Writer()
            writer.reachesSocket = reachesSocket
            let counter = Counter()
            try channel.pipeline.syncOperations.addHandler(counter)
            try channel.pipeline.syncOperations.addHandler(writer)
            return Connection(
                channel: channel, writer: NIOLoopBound(writer, eventLoop: channel.eventLoop),
                counter: NIOLoopBound(counter, eventLoop: channel.eventLoop), peer: peer)
        }.get()
        try await body(connection)
        try? await channel.close().get()
        close(peer)
        try await group.shutdownGracefully()
    }

    private static func bytes(_ count: Int, from first: Int = 0) -> ByteBuffer {
        ByteBuffer(bytes: (first..<first + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) })
    }

    @Test("a lone buffer goes past NIO's queue, unless a handler stands in front", arguments: [true, false])
    func past(reachesSocket: Bool) async throws {
        try await self.withConnection(reachesSocket: reachesSocket) { connection in
            try await connection.onLoop { writer in
                writer.writeAndFlush(Self.bytes(100))
                writer.write(Self.bytes(100, from: 100))
                writer.flush()
                #expect(connection.received() == Array(Self.bytes(200).readableBytesView))
            }
            #expect(try await connection.writes() == (reachesSocket ? 0 : 2))
        }
    }

    @Test("what is written but not flushed waits, and leaves together")
    func waiting() async throws {
        try await self.withConnection { connection in
            try await connection.onLoop { writer in
                writer.write(Self.bytes(10))
                #expect(connection.received() == [])
                writer.write(Self.bytes(10, from: 10))
                #expect(connection.received() == [])
                writer.writeAndFlush(Self.bytes(10, from: 20))
                #expect(connection.received() == Array(Self.bytes(30).readableBytesView))
            }
        }
    }

    @Test("what the kernel does not take is queued; when it has taken all, the queue is passed by again")
    func full() async throws {
        try await self.withConnection { connection in
            try await connection.onLoop { writer in
                writer.writeAndFlush(Self.bytes(1))
                writer.writeAndFlush(Self.bytes(100_000, from: 1))
            }
            #expect(try await connection.writes() == 1)
            try await connection.onLoop { $0.writeAndFlush(Self.bytes(10, from: 100_001)) }
            #expect(try await connection.writes() == 2)
            #expect(connection.receive(100_011) == Array(Self.bytes(100_011).readableBytesView))
            try await connection.onLoop { writer in
                writer.writeAndFlush(Self.bytes(10))
                #expect(connection.received() == Array(Self.bytes(10).readableBytesView))
            }
            #expect(try await connection.writes() == 2)
        }
    }

    @Test("bytes keep their order, whatever way they take", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func order(seed: UInt64) async throws {
        try await self.withConnection { connection in
            let (sent, early) = try await connection.onLoop { writer in
                var random = seed
                func next(_ bound: UInt64) -> Int {
                    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Int((random >> 33) % bound)
                }
                var arrived: [UInt8] = []
                var sent = 0
                for _ in 0..<400 {
                    let bytes = Self.bytes(next(40) == 0 ? next(20_000) : next(200), from: sent)
                    switch next(8) {
                    case 0: writer.write(bytes)
                    case 1: writer.queue(bytes)
                    case 2, 3: writer.writeAndFlush(bytes)
                    case 4:
                        writer.flush()
                        continue
                    default:
                        arrived += connection.received()
                        continue
                    }
                    sent += bytes.readableBytes
                }
                writer.flush()
                return (sent, arrived)
            }
            #expect(early + connection.receive(sent - early.count) == Array(Self.bytes(sent).readableBytesView))
        }
    }

    @Test("the promise is kept when the kernel has everything")
    func promise() async throws {
        try await self.withConnection { connection in
            let written = try await connection.onLoop { writer in
                let written = connection.channel.eventLoop.makePromise(of: Void.self)
                var isWritten = false
                written.futureResult.assumeIsolated().whenComplete { _ in isWritten = true }
                writer.write(Self.bytes(90_000))
                writer.writeAndFlush(last: Self.bytes(10_000, from: 90_000), promise: written)
                #expect(!isWritten)
                return written.futureResult
            }
            #expect(connection.receive(100_000).count == 100_000)
            try await written.get()
        }
    }

    @Test("nothing reaches another connection that has got the descriptor of one that is closed")
    func closed() async throws {
        var isSameNumber = false
        // Another test may be quicker to take the number.
        for _ in 0..<100 where !isSameNumber {
            try await self.withConnection { connection in
                let (other, peer) = Self.pair()
                let (closed, taken) = try await connection.onLoop { writer in
                    writer.writeAndFlush(Self.bytes(10))
                    let pipeline = connection.channel.pipeline.syncOperations
                    let closed = try pipeline.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in descriptor } ?? -1
                    connection.channel.close(promise: nil)
                    let taken = fcntl(other, F_DUPFD, closed)
                    writer.writeAndFlush(Self.bytes(10))
                    writer.write(Self.bytes(10))
                    writer.flush()
                    return (closed, taken)
                }
                isSameNumber = closed == taken
                var byte: UInt8 = 0
                #expect(recv(peer, &byte, 1, CInt(MSG_DONTWAIT)) == -1)
                for descriptor in [taken, other, peer] { close(descriptor) }
            }
        }
        #expect(isSameNumber)
    }

    @Test("the other end is gone: the channel hears of it, and closes")
    func broken() async throws {
        try await self.withConnection { connection in
            let isActive = try await connection.onLoop { writer in
                writer.writeAndFlush(Self.bytes(10))
                shutdown(connection.peer, CInt(SHUT_RDWR))
                writer.writeAndFlush(Self.bytes(10))
                return connection.channel.isActive
            }
            #expect(!isActive)
        }
    }
}
