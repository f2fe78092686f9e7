import Broadcast
import Emitters
import WireBytes

/// Turns what emitters put on Redis into messages for this node's subscribers. Every node hears it from Redis itself, in the same order as all
/// others; it has no position, so that nobody can say whether one is missing. Confined to the backplane's thread.
struct EmitterIntake {
    private let sources: [EmitterSource]
    private let limits: EmitterLimits
    private let hub: Hub
    private(set) var counts = Counts()

    struct Counts {
        var delivered = 0
        /// For others, or for rooms that nobody here is in.
        var ignored = 0
        var malformed = 0
        /// Of a python-socketio up to 5.13, which writes what only Python should read.
        var pickles = 0
    }

    init(_ sources: [EmitterSource], hub: Hub, maximumPayload: Int, maximumDepth: Int) {
        self.sources = sources
        self.hub = hub
        // It counts the brackets around the arguments; a publish has none.
        self.limits = EmitterLimits(maximumPayloadByteCount: maximumPayload + 2, maximumDepth: maximumDepth)
    }

    var redisChannels: [(name: [UInt8], isPattern: Bool)] { self.sources.map(\.redisChannel) }

    /// - Parameters:
    ///   - name: the Redis channel.
    ///   - pattern: the one it came by, if by any.
    /// - Returns: false if more waits to be fanned out than may be.
    mutating func receive(_ message: [UInt8], on name: [UInt8], pattern: [UInt8]?) -> Bool {
        guard let source = self.sources.first(where: { $0.redisChannel == (pattern ?? name, pattern != nil) }) else { return true }
        do {
            switch try self.decode(message, on: name, from: source) {
            case .ignored, nil:
                self.counts.ignored += 1
                return true
            case .event(let event):
                self.counts.delivered += 1
                return self.deliver(event)
            }
        } catch {
            if error == .pickle { self.counts.pickles += 1 } else { self.counts.malformed += 1 }
            return true
        }
    }

    /// Nil if the Redis channel names a room that nobody here is in.
    private func decode(_ message: [UInt8], on name: [UInt8], from source: EmitterSource) throws(EmitterFault) -> EmitterOutcome? {
        guard source.dialect != .pythonSocketIO else {
            return try PythonSocketIO.decode(message.span, dialect: .detected, limits: self.limits)
        }
        if case .room(let range) = RedisEmitterChannel.parse(name.span, key: source.key.span) {
            let room = Array(name[range])
            guard NameRule.checkChannel(room.span) == nil, self.hub.hasInterest(in: ChannelName(room)) else { return nil }
        }
        return try RedisEmitter.decode(message.span, on: name.span, key: source.key.span, limits: self.limits)
    }

    private func deliver(_ event: EmittedEvent) -> Bool {
        if case .rooms(let rooms) = event.audience, rooms.count == 1, let room = rooms.first, event.except.isEmpty {
            return self.hub.deliver(self.publication(of: event, channel: ChannelName(room), audience: nil))
        }
        let except = event.except.filter { NameRule.checkChannel($0.span) == nil }.map { ChannelName($0) }
        var channels: [ChannelName]?
        if case .rooms(let rooms) = event.audience { channels = rooms.map { ChannelName($0) } }
        let audience = Audience(channels: channels, except: except, exceptSockets: event.except)
        return self.hub.deliver(toAudience: self.publication(of: event, channel: Self.noChannel, audience: audience))
    }

    private func publication(of event: EmittedEvent, channel: ChannelName, audience: Audience?) -> Publication {
        Publication(
            channel: channel, audience: audience, event: event.event, argumentsJSON: event.argumentsJSON, attachments: event.attachments)
    }

    /// The name of none.
    private static let noChannel = ChannelName([])
}
