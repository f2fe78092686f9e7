import AccessControl
import Broadcast
import HTTPEdge
import NIOCore
import NIOEmbedded
import Realtime

/// The product's Socket.IO side on loops with a virtual clock: real pipelines, real bytes, no sockets.
final class RealtimeFixture {
    let loops: [EmbeddedEventLoop]
    let hub: Hub
    let realtime: [RealtimeLoop]
    /// What stands in for the cryptography, if the server has token keys.
    let verifier: ScriptedVerifier?
    let clock = VirtualClock()
    let https: [HTTPLoop]
    private let endpoints: [EngineEndpoint]
    let access: LoopAccess

    /// - Parameter tokenChannels: patterns of the channels that want a token.
    init(
        loops count: Int = 1, settings: RealtimeSettings = RealtimeSettings(), origins: OriginPolicy.List = .only([]),
        verifier: ScriptedVerifier? = nil, tokenChannels: [String] = [], bus: (any MessageBus)? = nil, node: UInt16? = nil
    ) {
        let clock = self.clock
        let judge = verifier.map { TokenJudge(verifier: $0, clock: { clock.now }) }
        let rules = ChannelRules(
            tokenChannels.compactMap { pattern in
                (try? ChannelPattern(compiling: Array(pattern.utf8).span)).map { ChannelRules.Rule(match: $0, subscribe: .token) }
            })
        self.verifier = verifier
        let loops = (0..<count).map { _ in EmbeddedEventLoop() }
        let hub = Hub(loops: loops, limits: HubLimits(), bus: bus)
        let directory = RealtimeDirectory(loops: loops, node: node)
        let https = loops.map { HTTPLoop(eventLoop: $0, limits: HTTPLimits()) }
        let realtime = loops.indices.map { index -> RealtimeLoop in
            let shard = hub.makeShard(loop: index)
            shard.channelConfirmed = { subscriber, channel in (subscriber as? EngineSession)?.channelConfirmed(channel) }
            let http = https[index]
            let wheel = http.wheel
            let sockets = ChannelSockets(
                shard: shard, maximumChannels: settings.maximumChannels, tally: http.tally, tokens: judge, rules: rules)
            return RealtimeLoop(shard: shard, wheel: wheel, tally: http.tally, settings: settings, directory: directory) { session in
                SocketIOConnection(session: session, application: sockets, settings: settings, now: wheel.now)
            }
        }
        let access = LoopAccess(
            AccessPolicy(keys: AccessKeys([]), origins: OriginPolicy(list: origins, isLoopbackListener: true), isInsecureOpen: false))
        self.loops = loops
        self.hub = hub
        self.https = https
        self.realtime = realtime
        self.access = access
        self.endpoints = realtime.map { EngineEndpoint(loop: $0, access: access) }
    }

    /// A new connection, accepted by a loop.
    func connect(loop index: Int = 0) throws -> Client {
        let client = try Client(channel: EmbeddedChannel(loop: self.loops[index]))
        try self.https[index].configure(client.channel, endpoint: self.endpoints[index])
        client.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        return client
    }

    @discardableResult
    func publish(_ channel: String, _ payload: String, event: String = "e") -> Hub.Outcome {
        self.hub.publish(channel: ChannelName(Array(channel.utf8)), event: Array(event.utf8).span, payload: Array(payload.utf8).span)
    }

    /// Lets every loop do what waits for it.
    func run() {
        for _ in 0..<3 {
            for loop in self.loops { loop.run() }
        }
    }

    /// What every loop is told first when the server stops.
    func startDraining() {
        for http in self.https { http.isDraining = true }
    }

    /// Virtual time, the same on every loop.
    func advance(_ milliseconds: Int64) {
        self.clock.advance(milliseconds)
        for loop in self.loops { loop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    // MARK: - Sessions

    /// A WebSocket session that has got its open packet.
    func openWebSocket(loop index: Int = 0) throws -> Client {
        let client = try self.connect(loop: index)
        try client.send(.webSocketRequest("EIO=4&transport=websocket"))
        _ = try client.received()
        return client
    }

    /// A WebSocket session whose main namespace is joined.
    func joinWebSocket(loop index: Int = 0) throws -> Client {
        let client = try self.openWebSocket(loop: index)
        try client.send(message: "40")
        _ = try client.received()
        return client
    }

    /// A long-polling session.
    func openPolling(loop index: Int = 0) throws -> PollingClient {
        let client = try self.connect(loop: index)
        try client.request("GET", .engine("transport=polling"))
        return PollingClient(self, loop: index, openPacket: try client.answer()?.body ?? "")
    }

    /// A long-polling session whose main namespace is joined and that has fetched the answer to that.
    func joinPolling(loop index: Int = 0) throws -> PollingClient {
        let client = try self.openPolling(loop: index)
        _ = try client.post("40")
        _ = try client.poll()
        return client
    }
}

extension String {
    /// A target of the Engine.IO endpoint.
    static func engine(_ query: String) -> String {
        "/socket.io/?EIO=4&\(query)"
    }

    /// The key of RFC 6455 1.3.
    static let sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

    static func webSocketRequest(_ query: String, _ fields: [String] = []) -> String {
        let lines =
            [
                "GET /socket.io/?\(query) HTTP/1.1", "Host: localhost:8000", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: \(Self.sampleKey)", "Sec-WebSocket-Version: 13",
            ] + fields
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }
}
