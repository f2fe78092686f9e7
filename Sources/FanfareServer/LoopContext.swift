import AccessControl
import Backplane
import Broadcast
import Console
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime
import SocketIO
import Telemetry
import TransportSecurity

/// Everything of one event loop, wired together on it. Confined to its loop.
final class LoopContext {
    let http: HTTPLoop
    let realtime: RealtimeLoop
    private let access: LoopAccess
    private let sockets: ChannelSockets
    let publish: PublishEndpoint
    let taps: ChannelTaps
    private let routes: Routes
    private let gate: ConnectionGate
    /// For connections from now on; nil: they come without TLS.
    var tls: ServerTLS?
    let handshakes: HandshakeCount
    let lag: LoopLag
    let fanOut = DurationRecorder()
    private let requests: RequestLog

    /// - Parameter tokens: nil if there is no token key.
    init(
        hub: Hub, directory: RealtimeDirectory, gate: ConnectionGate, audit: AuditLog, index: Int, eventLoop: any EventLoop,
        settings: ServerSettings, tokens: TokenJudge?, tls: ServerTLS?, questions: ServerQuestions, requests: RequestLog,
        backplane: Backplane?
    ) {
        let shard = hub.makeShard(loop: index)
        let http = HTTPLoop(eventLoop: eventLoop, limits: settings.limits.http(maximumPayload: settings.maximumPayload))
        http.proxies = settings.proxies
        let wheel = http.wheel
        let sockets = ChannelSockets(
            shard: shard, maximumChannels: settings.realtime.maximumChannels, tally: http.tally, tokens: tokens,
            rules: settings.channelRules)
        let realtimeSettings = settings.realtime
        let realtime = RealtimeLoop(
            shard: shard, wheel: wheel, tally: http.tally, settings: realtimeSettings, directory: directory
        ) { session in
            SocketIOConnection(session: session, application: sockets, settings: session.settings, now: wheel.now)
        }
        let access = LoopAccess(settings.access, announce: audit.announce)
        self.requests = requests
        self.http = http
        self.realtime = realtime
        self.access = access
        self.sockets = sockets
        self.gate = gate
        self.tls = tls
        self.handshakes = HandshakeCount(maximum: max(gate.maximum / 4 / settings.loops, 16))
        self.lag = LoopLag(eventLoop: eventLoop)
        self.lag.start()
        let fanOut = self.fanOut
        shard.channelConfirmed = { subscriber, channel in (subscriber as? EngineSession)?.channelConfirmed(channel) }
        shard.sockets = SocketLookup(
            everybody: { [unowned realtime] in realtime.joinedSessions },
            socket: { [unowned realtime] name in SocketIdentifier(parsing: name.span).flatMap { realtime.joinedSession($0) } })
        shard.passEnded = { fanOut.record(nanoseconds: $0.nanoseconds) }
        self.publish = PublishEndpoint(
            hub: hub, access: access, maximumBody: settings.maximumPayload, maximumDepth: settings.limits[.jsonDepth] ?? 64, http: http)
        self.taps = ChannelTaps(shard: shard)
        self.routes = Routes(
            access: access, http: http, publish: self.publish,
            liveness: LivenessEndpoint(http: http, backplane: Self.state(backplane, isNeeded: settings.redis.isNeededForReadiness)),
            engine: EngineEndpoint(loop: realtime, access: access),
            metrics: MetricsEndpoint(access: access, http: http) { done in
                eventLoop.find({ await questions.metrics.text() }, then: done)
            },
            channels: ChannelsEndpoint(
                hub: hub, access: access, http: http,
                list: { query, done in eventLoop.find({ await questions.cluster.channels(query) }, then: done) },
                count: backplane.map { _ in
                    { channel, done in
                        eventLoop.find({ await questions.cluster.subscribers(of: channel) }, then: { done($0.0, $0.1) })
                    }
                }),
            sockets: SocketsEndpoint(
                access: access, http: http,
                describe: { id, key, done in eventLoop.find({ await questions.cluster.describe(id, for: key) }, then: done) },
                disconnect: { id, order, done in eventLoop.find({ await questions.cluster.disconnect(id, by: order) }, then: done) }),
            console: ConsoleEndpoint(
                access: access, http: http,
                sources: .init(
                    data: { key, done in eventLoop.find({ await questions.console.data(for: key) }, then: done) },
                    tap: { channel, after, done in eventLoop.find({ await questions.console.tap(channel, after: after) }, then: done) },
                    configuration: { done in eventLoop.find({ questions.console.configuration() }, then: done) })))
        self.logRequests(settings.logsRequests)
    }

    private static func state(_ backplane: Backplane?, isNeeded: Bool) -> (() -> LivenessEndpoint.BackplaneState)? {
        guard let status = backplane?.status else { return nil }
        return { .init(isUp: status.isUp, wasReached: status.wasReached, isNeeded: isNeeded) }
    }

    /// Whether each request has a line in the log from now on. Called on this loop.
    func logRequests(_ wanted: Bool) {
        let requests = self.requests
        self.http.requestAnswered = wanted ? { requests.note($0) } : nil
    }

    /// Judges by these from the next request and the next packet on. Called on this loop.
    func apply(access: AccessPolicy, proxies: ProxyList, tokens: TokenJudge?, rules: ChannelRules) {
        self.http.proxies = proxies
        self.access.policy = access
        self.sockets.apply(tokens: tokens, rules: rules)
    }

    /// Limits for connections and sessions from now on. Called on this loop.
    func apply(http: HTTPLimits, realtime: RealtimeSettings, maximumDepth: Int) {
        self.http.limits = http
        self.realtime.apply(realtime)
        self.sockets.maximumChannels = realtime.maximumChannels
        self.publish.maximumDepth = maximumDepth
    }

    /// Who was refused since the last call. Called on this loop.
    func takeRefusals() -> RefusalLedger {
        self.access.takeLedger()
    }

    /// Called on this loop for each accepted connection.
    func configure(_ channel: any Channel) throws {
        let address = self.gate.address(of: channel, proxies: self.http.proxies)
        let gate = self.gate
        channel.closeFuture.whenComplete { _ in gate.leave(address) }
        if let tls {
            guard !self.handshakes.isFull else {
                self.http.tally.refuse("handshakes")
                _ = gate.enter(address)
                return channel.close(promise: nil)
            }
            try tls.configure(channel, handshakes: self.handshakes, deadline: .milliseconds(self.http.limits.firstByteTimeout))
        }
        switch gate.enter(address) {
        case .admitted:
            try self.http.configure(channel, endpoint: self.routes, reachesSocket: self.tls == nil)
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
