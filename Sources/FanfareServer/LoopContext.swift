import AccessControl
import Broadcast
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime

/// Everything of one event loop, wired together on it. Confined to its loop.
final class LoopContext {
    let http: HTTPLoop
    let realtime: RealtimeLoop
    private let routes: Routes
    private let gate: ConnectionGate

    init(hub: Hub, directory: RealtimeDirectory, gate: ConnectionGate, index: Int, eventLoop: any EventLoop, settings: ServerSettings) {
        let shard = hub.makeShard(loop: index)
        let http = HTTPLoop(eventLoop: eventLoop, limits: settings.limits.http(maximumPayload: settings.maximumPayload))
        let wheel = http.wheel
        let sockets = ChannelSockets(shard: shard, maximumChannels: settings.realtime.maximumChannels, tally: http.tally)
        let realtimeSettings = settings.realtime
        let realtime = RealtimeLoop(
            shard: shard, wheel: wheel, tally: http.tally, settings: realtimeSettings, directory: directory
        ) { session in
            SocketIOConnection(session: session, application: sockets, settings: realtimeSettings, now: wheel.now)
        }
        self.http = http
        self.realtime = realtime
        self.gate = gate
        self.routes = Routes(
            access: settings.access, http: http,
            publish: PublishEndpoint(
                hub: hub, access: settings.access, maximumBody: settings.maximumPayload,
                maximumDepth: settings.limits[.jsonDepth] ?? 64, http: http),
            engine: EngineEndpoint(loop: realtime, access: settings.access))
    }

    /// Called on this loop for each accepted connection.
    func configure(_ channel: any Channel) throws {
        let address = self.gate.address(of: channel)
        let gate = self.gate
        channel.closeFuture.whenComplete { _ in gate.leave(address) }
        switch gate.enter(address) {
        case .admitted:
            try self.http.configure(channel, endpoint: self.routes)
        case .refused(let reason):
            self.http.tally.refuse(reason)
            try self.http.refuse(channel, endpoint: self.routes)
        case .dropped:
            self.http.tally.refuse("connections")
            channel.close(promise: nil)
        }
    }
}

@available(*, unavailable) extension LoopContext: Sendable {}
