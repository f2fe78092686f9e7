import Glibc
import HTTPEdge
import NIOCore
import NIOPosix
import Testing

/// On real sockets.
@Suite("HTTP listener")
struct HTTPListenerTests {
    /// What each loop has; made on it.
    private final class LoopServer {
        let endpoint = ScriptedEndpoint()
        let http: HTTPLoop

        init(_ loop: any EventLoop) {
            // Deadlines are the business of other tests; on a busy machine the real ones would pass.
            var limits = HTTPLimits()
            limits.firstByteTimeout = 600_000
            limits.headerTimeout = 600_000
            self.http = HTTPLoop(eventLoop: loop, limits: limits)
        }
    }

    private struct Server {
        let listener: HTTPListener
        let loops: [any EventLoop]
        let servers: [NIOLoopBound<LoopServer>]

        /// What the endpoints of all loops have noted.
        func log() async throws -> [String] {
            var log: [String] = []
            for (loop, server) in zip(self.loops, self.servers) {
                log += try await loop.submit { server.value.endpoint.log }.get()
            }
            return log
        }
    }

    private func withServer(loops count: Int = 1, _ body: (Server) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let loops = Array(group.makeIterator())
        var servers: [NIOLoopBound<LoopServer>] = []
        for loop in loops {
            servers.append(try await loop.submit { NIOLoopBound(LoopServer(loop), eventLoop: loop) }.get())
        }
        let byLoop = Dictionary(uniqueKeysWithValues: zip(loops.map { ObjectIdentifier($0) }, servers))
        let listener = try await HTTPListener.bind(host: "127.0.0.1", port: 0, loops: loops) { channel in
            guard let server = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else { throw HTTPListenerError.noLoops }
            try server.http.configure(channel, endpoint: server.endpoint, reachesSocket: true)
        }
        try await body(Server(listener: listener, loops: loops, servers: servers))
        await listener.close()
        try await group.shutdownGracefully()
    }

    /// Collects what a client reads until the server's FIN, or until enough has come.
    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var text = ""
        private let isEnough: @Sendable (String) -> Bool
        private let promise: EventLoopPromise<String>

        init(_ promise: EventLoopPromise<String>, until isEnough: @escaping @Sendable (String) -> Bool) {
            self.promise = promise
            self.isEnough = isEnough
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.text += String(buffer: self.unwrapInboundIn(data))
            if self.isEnough(self.text) { self.promise.succeed(self.text) }
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { self.promise.succeed(self.text) }
        }
        func channelInactive(context: ChannelHandlerContext) { self.promise.succeed(self.text) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.promise.fail(error) }
    }

    private func connect(
        _ address: SocketAddress, until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> (channel: any Channel, answer: EventLoopFuture<String>) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: String.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Reader(promise, until: isEnough))
                    }
                }
                .connect(to: address).get()
            return (channel, promise.futureResult)
        } catch {
            promise.fail(error)
            throw error
        }
    }

    @Test("port 0 takes a free one; every loop listens on it and answers")
    func serves() async throws {
        try await self.withServer(loops: 2) { server in
            #expect((server.listener.localAddress.port ?? 0) > 0)
            for _ in 0..<32 {
                let (channel, answer) = try await self.connect(server.listener.localAddress)
                try await channel.writeAndFlush(ByteBuffer(string: .get("/x", "Connection: close\r\n")))
                #expect(try await answer.get().hasSuffix("\r\n\r\n/x"))
            }
            #expect(try await server.log().count == 32)
        }
    }

    @Test("an address that is taken is an error, also by a server of our own; free again, it is not")
    func taken() async throws {
        var port = 0
        try await self.withServer(loops: 2) { server in
            port = server.listener.localAddress.port ?? 0
            await #expect(throws: HTTPListenerError.addressInUse) {
                try await HTTPListener.bind(host: "127.0.0.1", port: port, loops: server.loops) { _ in }
            }
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let again = try await HTTPListener.bind(host: "127.0.0.1", port: port, loops: Array(group.makeIterator())) { _ in }
        #expect(again.localAddress.port == port)
        await again.close()
        try await group.shutdownGracefully()
    }

    @Test("addresses that are nobody's")
    func faults() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loops: [any EventLoop] = Array(group.makeIterator())
        await #expect(throws: HTTPListenerError.noLoops) { try await HTTPListener.bind(host: "127.0.0.1", port: 0, loops: []) { _ in } }
        await #expect(throws: HTTPListenerError.addressNotAvailable) {
            try await HTTPListener.bind(host: "192.0.2.1", port: 0, loops: loops) { _ in }
        }
        try await group.shutdownGracefully()
    }

    @Test("an early answer is seen by a client that goes on sending, not a reset")
    func earlyAnswer() async throws {
        try await self.withServer { server in
            let (channel, answer) = try await self.connect(server.listener.localAddress)
            try await channel.setOption(.allowRemoteHalfClosure, value: true).get()
            channel.writeAndFlush(ByteBuffer(string: "POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n"), promise: nil)
            channel.writeAndFlush(ByteBuffer(repeating: 0x41, count: 900_000), promise: nil)
            let text = try await answer.get()
            #expect(text.hasPrefix("HTTP/1.1 401") && text.contains("Connection: close"))
            try? await channel.close().get()
        }
    }

    @Test("a client that has said all it will still gets its answer")
    func halfClose() async throws {
        try await self.withServer { server in
            let (channel, answer) = try await self.connect(server.listener.localAddress)
            channel.writeAndFlush(ByteBuffer(string: .post("/echo", "hello")), promise: nil)
            try await channel.close(mode: .output).get()
            #expect(try await answer.get().hasSuffix("hello"))
        }
    }

    @Test("a parked exchange is abandoned when its client closes or resets", arguments: [false, true])
    func abandoned(resets: Bool) async throws {
        try await self.withServer { server in
            let (channel, _) = try await self.connect(server.listener.localAddress)
            try await channel.writeAndFlush(ByteBuffer(string: .get("/park") + .get("/never")))
            while try await server.log() != ["head /park"] { await Task.yield() }
            // Not before: until its first byte a connection has a deadline.
            if resets {
                try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            try await channel.close().get()
            while try await server.log() != ["head /park", "abandoned 1"] { await Task.yield() }
        }
    }

    @Test("ten thousand requests ahead of a reader are all answered once it reads")
    func pipelined() async throws {
        try await self.withServer { server in
            let (channel, answer) = try await self.connect(server.listener.localAddress) { $0.hasSuffix("/last") }
            try await channel.setOption(.autoRead, value: false).get()
            channel.writeAndFlush(ByteBuffer(string: (0..<10_000).map { .get("/\($0)") }.joined() + .get("/last")), promise: nil)
            try await channel.setOption(.autoRead, value: true).get()
            let text = try await answer.get()
            #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 10_001 * 4)
            try await channel.close().get()
        }
    }
}
