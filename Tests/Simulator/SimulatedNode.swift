import AccessControl
import Broadcast
import EngineIO
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime

/// The product's server on simulated loops: everything between the sockets and the hub is the product's own.
final class SimulatedNode {
    let hub: Hub
    let loops: [SimulatedLoop]
    private(set) var contexts: [NodeLoop] = []

    init(_ plan: Plan, loops: [SimulatedLoop]) {
        var limits = HubLimits()
        limits.pendingMessages = plan.flaw == .acceptsTooMuch ? 10_000 : plan.pendingMessages
        let hub = Hub(loops: loops, limits: limits)
        let directory = RealtimeDirectory(loops: loops)
        self.hub = hub
        self.loops = loops
        for loop in loops {
            loop.run { self.contexts.append(NodeLoop(plan, hub: hub, directory: directory, eventLoop: loop)) }
        }
    }

    /// A connection has come. Called on its loop.
    func accept(_ channel: SimulatedChannel, on loop: Int) {
        do {
            try self.contexts[loop].http.configure(channel, endpoint: self.contexts[loop])
        } catch {
            channel.close(promise: nil)
        }
    }
}

/// What the server has on one loop, put together as the product does.
final class NodeLoop: Endpoint {
    let http: HTTPLoop
    let realtime: RealtimeLoop
    private let publish: PublishEndpoint
    private let engine: EngineEndpoint

    init(_ plan: Plan, hub: Hub, directory: RealtimeDirectory, eventLoop: SimulatedLoop) {
        var settings = RealtimeSettings()
        settings.maximumPayload = plan.maximumPayload
        settings.queueBytesWanted = plan.flaw == .growsBeyondBound ? 100_000_000 : plan.queueBytes
        settings.queueAge = plan.flaw == .growsBeyondBound ? 1_000_000 : Int64(plan.queueAge)
        settings.loopQueueBytes = plan.loopQueueBytes
        settings.maximumChannels = plan.maximumChannels
        if plan.flaw == .keepsTheDead { settings.timings.pingTimeout = 600_000 }
        let access = LoopAccess(
            AccessPolicy(
                keys: AccessKeys([]), origins: OriginPolicy(list: .only([]), isLoopbackListener: true), isInsecureOpen: false))
        let shard = hub.makeShard(loop: eventLoop.index)
        var httpLimits = HTTPLimits()
        httpLimits.bodyBytes = plan.maximumPayload
        httpLimits.writeTimeout = Int64(plan.queueAge)
        let http = HTTPLoop(eventLoop: eventLoop, limits: httpLimits)
        let wheel = http.wheel
        let sockets: any SocketApplication
        if let flaw = plan.flaw, FlawedSockets.plants(flaw) {
            sockets = FlawedSockets(shard: shard, flaw: flaw)
        } else {
            sockets = ChannelSockets(shard: shard, maximumChannels: settings.maximumChannels, tally: http.tally)
        }
        self.http = http
        self.realtime = RealtimeLoop(shard: shard, wheel: wheel, tally: http.tally, settings: settings, directory: directory) { session in
            let connection = SocketIOConnection(session: session, application: sockets, settings: session.settings, now: wheel.now)
            guard let flawed = sockets as? FlawedSockets else { return connection }
            return FlawedApplication(connection, flawed)
        }
        self.publish = PublishEndpoint(hub: hub, access: access, maximumBody: plan.maximumPayload, http: http)
        self.engine = EngineEndpoint(loop: self.realtime, access: access)
    }

    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if self.publish.owns(request.target) { return self.publish.receiveHead(request, on: exchange) }
        if request.target.hasPath("/socket.io/") { return self.engine.receiveHead(request, on: exchange) }
        exchange.respond(ResponseHead(.notFound), body: "")
        return .answered
    }

    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
    func answerLost(_ request: Request) { self.engine.answerLost(request) }
}

@available(*, unavailable) extension SimulatedNode: Sendable {}
@available(*, unavailable) extension NodeLoop: Sendable {}
