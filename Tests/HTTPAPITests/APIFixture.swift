import AccessControl
import Broadcast
import HTTPAPI
import HTTPEdge
import NIOCore
import NIOEmbedded

/// One connection to one endpoint, with a hub behind it, on a loop that turns only when a test says so.
final class APIFixture {
    let hub: Hub
    let shard: LoopShard
    let http: HTTPLoop
    private let channel = EmbeddedChannel()
    private let endpoint: any Endpoint

    init(limits: HubLimits = HubLimits(), _ makeEndpoint: (Hub, HTTPLoop) -> any Endpoint) throws {
        let loop = self.channel.embeddedEventLoop
        self.hub = Hub(loops: [loop], limits: limits)
        self.shard = self.hub.makeShard(loop: 0)
        self.http = HTTPLoop(eventLoop: loop, limits: HTTPLimits())
        self.endpoint = makeEndpoint(self.hub, self.http)
        try self.http.configure(self.channel, endpoint: self.endpoint)
    }

    /// One more connection to the same endpoint.
    func connect() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: self.channel.embeddedEventLoop)
        try self.http.configure(channel, endpoint: self.endpoint)
        return channel
    }

    /// The publish endpoint of a server on loopback.
    static func publish(
        keys: [String] = [], origins: [String] = [], maximumBody: Int = 1_000_000, limits: HubLimits = HubLimits()
    ) throws -> APIFixture {
        let keys = keys.enumerated().map { AccessKey(name: "key-\($0)", secret: $1) }
        return try self.publish(access: LoopAccess(self.policy(keys, origins: origins)), maximumBody: maximumBody, limits: limits)
    }

    /// The policy of a server on loopback.
    static func policy(_ keys: [AccessKey], origins: [String] = []) throws -> AccessPolicy {
        AccessPolicy(
            keys: AccessKeys(keys), origins: OriginPolicy(list: try OriginList.parse(origins), isLoopbackListener: true),
            isInsecureOpen: false)
    }

    static func publish(access: LoopAccess, maximumBody: Int = 1_000_000, limits: HubLimits = HubLimits()) throws -> APIFixture {
        try APIFixture(limits: limits) { PublishEndpoint(hub: $0, access: access, maximumBody: maximumBody, http: $1) }
    }

    deinit {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    /// Sends bytes as one read and takes everything that was answered to them.
    func send(_ bytes: [UInt8], on other: EmbeddedChannel? = nil) throws -> [Answer] {
        let channel = other ?? self.channel
        if !bytes.isEmpty { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
        var output: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { output += part.readableBytesView }
        return try Answer.parse(output)
    }

    /// Sends a whole request and takes its only answer.
    func request(_ method: String, _ target: String, _ fields: [String] = [], body: [UInt8] = []) throws -> Answer {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost:8000"] + fields + ["Content-Length: \(body.count)", "", ""]
        let answers = try self.send(Array(lines.joined(separator: "\r\n").utf8) + body)
        guard answers.count == 1 else { throw Answer.Unreadable(text: "\(answers.count) answers") }
        return answers[0]
    }

    /// Posts JSON.
    func post(_ target: String, _ body: String, _ fields: [String] = []) throws -> Answer {
        try self.request("POST", target, ["Content-Type: application/json"] + fields, body: Array(body.utf8))
    }

    func subscribe(to channel: String) -> RecordingSubscriber {
        let subscriber = RecordingSubscriber()
        self.shard.subscribe(subscriber, to: ChannelName(Array(channel.utf8)))
        return subscriber
    }

    /// Lets the loop fan out what was accepted.
    func run() {
        self.channel.embeddedEventLoop.run()
    }
}
