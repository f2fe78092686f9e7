import Broadcast
import EngineIO
import HTTPEdge
import NIOCore
import Realtime
import SocketIO

/// `ChannelSockets` with a planted flaw: its sessions are subscribed by way of a `FlawedSubscriber`.
final class FlawedSockets: SocketApplication {
    private let shard: LoopShard
    private let flaw: Flaw
    private var subscribers: [ObjectIdentifier: FlawedSubscriber] = [:]
    /// The latest event that anybody here has received.
    fileprivate var latest: [UInt8]?

    init(shard: LoopShard, flaw: Flaw) {
        self.shard = shard
        self.flaw = flaw
    }

    static func plants(_ flaw: Flaw) -> Bool {
        switch flaw {
        case .drops, .duplicates, .swaps, .replays, .acknowledgesLate, .staysSubscribed, .forgetsToRemove: true
        case .alters, .growsBeyondBound, .losesWakeUp, .keepsTheDead, .acceptsTooMuch: false
        }
    }

    var acceptsBinary: Bool { false }
    func hasNamespace(_ namespace: [UInt8]?) -> Bool { namespace == nil }
    func connected(_ socket: Socket, auth: [UInt8]?) {}
    func disconnected(_ socket: Socket) { self.closed(socket.session) }

    func received(_ arguments: Span<UInt8>, attachments: [[UInt8]], ackID: [UInt8]?, on socket: Socket) {
        guard let command = ChannelCommand.parse(0..<arguments.count, of: arguments),
            case .channel(let name, token: _)? = command.targets.first
        else { return }
        let session = socket.session
        let subscriber = self.subscribers[ObjectIdentifier(session)] ?? FlawedSubscriber(session, self.flaw, self)
        self.subscribers[ObjectIdentifier(session)] = subscriber
        switch command.verb {
        case .subscribe: self.shard.subscribe(subscriber, to: ChannelName(name))
        case .unsubscribe where self.flaw == .staysSubscribed: break
        case .unsubscribe: self.shard.unsubscribe(subscriber, from: ChannelName(name))
        }
        guard let ackID else { return }
        let answer = command.acknowledgement(outcomes: [.accepted(channel: name)])
        if self.flaw == .acknowledgesLate {
            self.shard.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(30)) { socket.acknowledge(ackID, answer) }
        } else {
            socket.acknowledge(ackID, answer)
        }
        if self.flaw == .replays, command.verb == .subscribe, let latest = self.latest { session.send(text: latest) }
    }

    func closed(_ session: EngineSession) {
        if self.flaw == .forgetsToRemove { return }
        if let subscriber = self.subscribers.removeValue(forKey: ObjectIdentifier(session)) { self.shard.unsubscribeAll(subscriber) }
    }
}

/// Passes on what the hub delivers, but for its flaw, which shows itself at every fifth delivery.
final class FlawedSubscriber: Subscriber {
    private let session: EngineSession
    private let flaw: Flaw
    private weak var sockets: FlawedSockets?
    private var count = 0
    private var held: [UInt8]?

    init(_ session: EngineSession, _ flaw: Flaw, _ sockets: FlawedSockets) {
        self.session = session
        self.flaw = flaw
        self.sockets = sockets
        super.init()
    }

    public override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        for publication in batch.publications[first...] {
            let packet = Array(publication.packet.readableBytesView)
            self.sockets?.latest = packet
            self.count += 1
            switch self.flaw {
            case .drops where self.count % 5 == 0: break
            case .duplicates where self.count % 5 == 0:
                self.session.send(text: packet)
                self.session.send(text: packet)
            case .swaps where self.count % 5 == 0: self.held = packet
            default:
                self.session.send(text: packet)
                if let held = self.held.take() { self.session.send(text: held) }
            }
        }
    }
}

/// Tells `FlawedSockets` of a session's end.
final class FlawedApplication: EngineApplication {
    private let connection: SocketIOConnection
    private let sockets: FlawedSockets

    init(_ connection: SocketIOConnection, _ sockets: FlawedSockets) {
        self.connection = connection
        self.sockets = sockets
    }

    func received(text: Span<UInt8>) { self.connection.received(text: text) }
    func received(binary: Span<UInt8>) { self.connection.received(binary: binary) }
    var deadline: Milliseconds? { self.connection.deadline }
    func deadlinePassed() { self.connection.deadlinePassed() }
    func handOver() -> @Sendable (EngineSession, RealtimeLoop) -> any EngineApplication { self.connection.handOver() }

    func closed(_ reason: CloseReason) {
        self.sockets.closed(self.connection.session)
        self.connection.closed(reason)
    }
}

@available(*, unavailable) extension FlawedSockets: Sendable {}
