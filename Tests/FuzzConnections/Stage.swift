import AccessControl
import Broadcast
import FuzzTargets
import HTTPEdge
import NIOCore
import NIOEmbedded
import Realtime

/// The product's Socket.IO side on two loops with one virtual clock, and the clients that play with it.
final class Stage {
    private static let maximumClients = 12

    private let loops: [EmbeddedEventLoop]
    private let hub: Hub
    private let realtime: [RealtimeLoop]
    private let https: [HTTPLoop]
    private let endpoints: [EngineEndpoint]
    private var clients: [PlayedClient] = []
    /// Ids that were given out, in order.
    private var sessions: [String] = []
    private var published = 0

    init(hasSmallLimits: Bool) {
        var settings = RealtimeSettings()
        if hasSmallLimits {
            settings.maximumPayload = 300
            settings.maximumFragments = 3
            settings.maximumPacketsAPost = 4
            settings.maximumPacketsAReply = 2
            settings.maximumChannels = 2
            settings.eventBurst = 8
            settings.pingsPerSecond = 2
            settings.queueBytesWanted = 0
            settings.queueAge = 1_000
            settings.loopQueueBytes = 9_000
        }
        let chosen = settings
        let loops = (0..<2).map { _ in EmbeddedEventLoop() }
        let hub = Hub(loops: loops, limits: HubLimits())
        let directory = RealtimeDirectory(loops: loops)
        let https = loops.map { HTTPLoop(eventLoop: $0, limits: HTTPLimits()) }
        let realtime = loops.indices.map { index -> RealtimeLoop in
            let shard = hub.makeShard(loop: index)
            let http = https[index]
            let wheel = http.wheel
            let sockets = ChannelSockets(shard: shard, maximumChannels: chosen.maximumChannels, tally: http.tally)
            return RealtimeLoop(shard: shard, wheel: wheel, tally: http.tally, settings: chosen, directory: directory) { session in
                SocketIOConnection(session: session, application: sockets, settings: chosen, now: wheel.now)
            }
        }
        let origins = OriginPolicy(list: .only([]), isLoopbackListener: true)
        let policy = AccessPolicy(keys: AccessKeys([]), origins: origins, isInsecureOpen: false)
        self.loops = loops
        self.hub = hub
        self.https = https
        self.realtime = realtime
        self.endpoints = realtime.map { EngineEndpoint(loop: $0, access: LoopAccess(policy) { _ in true }) }
    }

    /// Has clients do what the input says until it ends, and then leave.
    func play(_ input: FuzzInput) throws(Fault) {
        var input = input
        while !input.isAtEnd { try self.step(&input) }
        try self.finish()
    }

    // MARK: - Steps

    private func step(_ input: inout FuzzInput) throws(Fault) {
        let step = input.choice(18)
        switch step {
        case 0: try self.connect(loop: input.choice(2))
        case 1: self.run(milliseconds: [1, 20, 51, 100, 1_000, 5_000, 10_000, 25_000, 45_000][input.choice(9)])
        case 2: self.publish(payloadByteCount: Int(input.byte()) * 16)
        default:
            if self.clients.isEmpty { try self.connect(loop: 0) }
            let index = input.choice(self.clients.count)
            let session = self.sessions.isEmpty ? "" : self.sessions[input.choice(self.sessions.count)]
            try self.act(step, self.clients[index], session, &input)
        }
        self.settle()
        for client in self.clients { self.sessions += try client.read() }
        self.clients.removeAll { !$0.isOpen }
    }

    private func act(_ step: Int, _ client: PlayedClient, _ session: String, _ input: inout FuzzInput) throws(Fault) {
        switch step {
        case 3: try client.send(input.counted())
        case 4: try client.get("transport=polling")
        case 5: try client.get("transport=polling&sid=\(session)")
        case 6: try client.post("transport=polling&sid=\(session)", input.counted())
        case 7: try client.upgrade("transport=websocket")
        case 8: try client.upgrade("transport=websocket&sid=\(session)")
        case 9: try client.send(frame: 0x81, input.counted())
        case 10: try client.send(frame: 0x81, Array("40".utf8))
        case 11: try client.send(frame: 0x81, Array("421[\"subscribe\",\"a\"]".utf8))
        case 12: try client.send(frame: input.byte(), input.counted())
        case 13: try client.send(frame: 0x81, Array((input.byte() & 1 == 0 ? "2probe" : "5").utf8))
        case 14: try client.post("transport=polling&sid=\(session)", Array("40".utf8))
        case 15: try client.post("transport=polling&sid=\(session)", Array("421[\"subscribe\",\"a\"]".utf8))
        case 16: client.disconnect()
        default: client.isStalled.toggle()
        }
    }

    private func connect(loop index: Int) throws(Fault) {
        guard self.clients.count < Self.maximumClients else { return }
        let channel = EmbeddedChannel(loop: self.loops[index])
        let client = try PlayedClient(channel)
        do {
            try self.https[index].configure(channel, endpoint: self.endpoints[index])
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        } catch {
            throw Fault("no connection: \(error)")
        }
        self.clients.append(client)
    }

    private func publish(payloadByteCount: Int) {
        self.published += 1
        let payload = Array("\(self.published)".utf8) + [UInt8](repeating: 0x20, count: payloadByteCount)
        _ = self.hub.publish(channel: ChannelName(Array("a".utf8)), event: Array("e".utf8).span, payload: payload.span)
    }

    private func run(milliseconds: Int64) {
        for loop in self.loops { loop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    private func settle() {
        for _ in 0..<3 {
            for loop in self.loops { loop.run() }
        }
    }

    // MARK: - The end

    /// Without clients nothing stays: every session ends by itself, and with it all that was counted for it.
    private func finish() throws(Fault) {
        for client in self.clients { client.disconnect() }
        self.settle()
        for client in self.clients { _ = try client.read() }
        self.clients = []
        self.sessions = []
        self.published = 0
        for _ in 0..<8 { self.run(milliseconds: 20_000) }
        self.settle()
        for loop in self.realtime {
            try Fault.unless(loop.sessionCount == 0, "\(loop.sessionCount) sessions are left on loop \(loop.index)")
        }
        for http in self.https {
            try Fault.unless(http.openConnections == 0, "\(http.openConnections) connections are still counted")
            try Fault.unless(http.openExchanges == 0, "\(http.openExchanges) exchanges are still counted")
        }
        try Fault.unless(self.hub.pendingMessages == 0, "\(self.hub.pendingMessages) messages are still pending")
        let outcome = self.hub.publish(channel: ChannelName(Array("a".utf8)), event: Array("e".utf8).span, payload: Array("0".utf8).span)
        try Fault.unless(outcome == .accepted(subscribers: 0), "nobody is there, and a message is \(outcome)")
    }
}
