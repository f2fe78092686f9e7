import AccessControl
import Broadcast
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime

/// Everything of one event loop, wired together on it. Confined to its loop.
final class LoopContext {
    let realtime: RealtimeLoop
    private let wheel: TimerWheel
    private let routes: Routes
    private let scratch = ResponseScratch()
    private let limits = HTTPLimits()

    init(hub: Hub, directory: RealtimeDirectory, index: Int, eventLoop: any EventLoop, settings: ServerSettings) {
        let shard = hub.makeShard(loop: index)
        let wheel = TimerWheel(eventLoop: eventLoop)
        let sockets = ChannelSockets(shard: shard, maximumChannels: settings.realtime.maximumChannels)
        let realtimeSettings = settings.realtime
        let realtime = RealtimeLoop(shard: shard, wheel: wheel, settings: realtimeSettings, directory: directory) { session in
            SocketIOConnection(session: session, application: sockets, settings: realtimeSettings, now: wheel.now)
        }
        self.wheel = wheel
        self.realtime = realtime
        self.routes = Routes(
            access: settings.access,
            publish: PublishEndpoint(hub: hub, access: settings.access, maximumBody: settings.maximumPayload),
            engine: EngineEndpoint(loop: realtime, access: settings.access))
    }

    /// Called on this loop for each accepted connection.
    func configure(_ channel: any Channel) throws {
        try HTTPConnection.configure(channel, endpoint: self.routes, limits: self.limits, wheel: self.wheel, scratch: self.scratch)
    }
}

@available(*, unavailable) extension LoopContext: Sendable {}
