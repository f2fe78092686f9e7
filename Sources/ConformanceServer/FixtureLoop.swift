import AccessControl
import Broadcast
import EngineIO
import HTTPEdge
import NIOCore
import Realtime
import WireBytes

/// All fixtures on one event loop.
final class FixtureLoop: Endpoint {
    private let echo: EngineEndpoint
    private let sockets: EngineEndpoint
    private let http: HTTPLoop

    init(shard: LoopShard, eventLoop: any EventLoop, echoes: RealtimeDirectory, sockets: RealtimeDirectory) {
        var settings = RealtimeSettings()
        settings.timings.pingInterval = 300
        settings.timings.pingTimeout = 200
        settings.connectTimeout = 1_000
        let socketSettings = settings
        let http = HTTPLoop(eventLoop: eventLoop, limits: HTTPLimits())
        let wheel = http.wheel
        let fixture = FixtureSockets()
        let access = LoopAccess(
            AccessPolicy(
                keys: AccessKeys([]), origins: OriginPolicy(list: .everyone, isLoopbackListener: true), isInsecureOpen: true))
        self.http = http
        self.echo = EngineEndpoint(
            loop: RealtimeLoop(shard: shard, wheel: wheel, tally: http.tally, settings: settings, directory: echoes) {
                EchoApplication(session: $0)
            },
            access: access)
        self.sockets = EngineEndpoint(
            loop: RealtimeLoop(shard: shard, wheel: wheel, tally: http.tally, settings: settings, directory: sockets) { session in
                SocketIOConnection(session: session, application: fixture, settings: socketSettings, now: wheel.now)
            },
            access: access)
    }

    /// Called on this loop for each accepted connection.
    func configure(_ channel: any Channel) throws {
        try self.http.configure(channel, endpoint: self, reachesSocket: true)
    }

    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if request.target.hasPath("/engine.io/") { return self.echo.receiveHead(request, on: exchange) }
        if request.target.hasPath("/socket.io/") { return self.sockets.receiveHead(request, on: exchange) }
        if request.target.hasPath("/echo"), self.acceptEcho(request, on: exchange) { return .answered }
        exchange.respond(ResponseHead(.notFound), body: "")
        return .answered
    }

    /// A WebSocket that sends back every message. Its limits leave room for what the RFC 6455 suites send: 16 MiB, fragments of 64 bytes.
    private func acceptEcho(_ request: Request, on exchange: Exchange) -> Bool {
        var settings = RealtimeSettings()
        settings.maximumPayload = 16 * 1024 * 1024
        settings.maximumFragments = 131_072
        settings.messageTimeout = 100_000
        settings.pingsPerSecond = 1_000_000
        return PlainWebSocket.accept(request, on: exchange, loop: self.http, settings: settings) { message, isBinary, webSocket in
            var bytes: [UInt8] = []
            Output.append(message, to: &bytes)
            webSocket.send(bytes, isBinary: isBinary)
        }
    }

    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}

@available(*, unavailable) extension FixtureLoop: Sendable {}
