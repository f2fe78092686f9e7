package import Broadcast
package import EngineIO
package import HTTPEdge
import NIOCore
import SocketIO

/// What the sessions of one loop share: their table, the loop's timer wheel and shard, the settings. Confined to its loop.
package final class RealtimeLoop {
    /// Where a session is that this loop has given an identifier to.
    private enum Entry {
        case here(EngineSession)
        /// Gone to another loop with its upgrade.
        case moved
    }

    package let index: Int
    package let shard: LoopShard
    package let wheel: TimerWheel
    /// Sessions that are open keep what they were made with.
    package private(set) var settings: RealtimeSettings
    package let tally: Tally
    let directory: RealtimeDirectory
    let queues: QueueWatch
    let pingFrame: ByteBuffer
    let makeApplication: (EngineSession) -> any EngineApplication
    private var sessions: [SessionIdentifier: Entry] = [:]
    /// Those that are sockets of the main namespace, by their public names.
    var sockets: [SocketIdentifier: EngineSession] = [:]
    package internal(set) var journal = SocketJournal()
    private var candidates: [UpgradeCandidate.Identifier: UpgradeCandidate] = [:]
    private var lastCandidate: UInt64 = 0
    private var generator = SystemRandomNumberGenerator()
    /// Sessions that came from another loop.
    package private(set) var movedSessions = 0
    /// All sessions were told to go: those that arrive later are told at once.
    private(set) var isLeft = false
    /// Sessions that went from long-polling to a WebSocket here.
    package internal(set) var upgrades = 0
    /// Sessions that are more than a reply to a last poll, by what carries them; kept by the sessions themselves.
    package internal(set) var webSocketSessions = 0
    package internal(set) var pollingSessions = 0

    /// - Parameter makeApplication: what runs above each new session.
    package init(
        shard: LoopShard, wheel: TimerWheel, tally: Tally, settings: RealtimeSettings, directory: RealtimeDirectory,
        makeApplication: @escaping (EngineSession) -> any EngineApplication
    ) {
        self.index = shard.index
        self.shard = shard
        self.wheel = wheel
        self.tally = tally
        self.queues = QueueWatch(shard: shard, wheel: wheel, settings: settings)
        self.settings = settings
        self.directory = directory
        self.makeApplication = makeApplication
        self.pingFrame = ByteBuffer(bytes: [0x81, 0x01, PacketType.ping.rawValue])
        directory.attach(self)
    }

    /// Puts other limits in force. Called on this loop.
    package func apply(_ settings: RealtimeSettings) {
        self.settings = settings
        self.queues.apply(settings)
    }

    // MARK: - Sessions

    /// A new session. It enters the table when its transport is there.
    /// - Parameter address: of the client, without a port.
    func makeSession(isWebSocket: Bool, address: String?) -> EngineSession {
        let identifier = SessionIdentifier(
            loop: UInt8(truncatingIfNeeded: self.index), node: self.directory.node, using: &self.generator)
        let session = EngineSession(identifier: identifier, loop: self, isWebSocket: isWebSocket, address: address)
        session.application = self.makeApplication(session)
        return session
    }

    func register(_ session: EngineSession) {
        self.sessions[session.identifier] = .here(session)
        session.count(as: session.machine.isOnWebSocket ? .webSocket : .polling)
    }

    package func session(_ identifier: SessionIdentifier) -> EngineSession? {
        guard case .here(let session) = self.sessions[identifier] else { return nil }
        return session
    }

    /// Whether it lives on another loop, over a WebSocket.
    func hasMoved(_ identifier: SessionIdentifier) -> Bool {
        if case .moved = self.sessions[identifier] { return true }
        return false
    }

    /// The session has ended; if it came from another loop, that one forgets it too.
    func forget(_ session: EngineSession) {
        let identifier = session.identifier
        self.sessions[identifier] = nil
        if identifier.loop != self.index {
            self.directory.run(on: identifier.loop) { $0.sessions[identifier] = nil }
        }
    }

    func noteMoved(_ session: EngineSession) {
        self.sessions[session.identifier] = .moved
    }

    /// Takes in a session from another loop. Called in the hub's hand-over, before this loop delivers anything to it.
    func adopt(_ transfer: SessionTransfer) {
        let session = EngineSession(moved: transfer, to: self)
        session.application = transfer.application(session, self)
        self.sessions[transfer.identifier] = .here(session)
        if let socket = transfer.socket { self.sockets[socket.identifier] = session }
        self.shard.resume(session, transfer.placements)
        self.movedSessions += 1
        guard let candidate = self.takeCandidate(transfer.candidate), let webSocket = candidate.webSocket else {
            return session.ended(.transportClose)
        }
        session.attach(webSocket, sending: transfer.queued)
        candidate.release(to: session)
        if self.isLeft { session.close(.serverShutdown) }
    }

    /// Has a session look at its queue in a later turn: a fan-out may be under way, in which nobody may leave.
    func judgeLater(_ session: EngineSession) {
        self.shard.eventLoop.assumeIsolated().execute { session.closeIfBehind() }
    }

    package var sessionCount: Int { self.sessions.count }
    /// WebSockets on this loop that want to become a session's transport.
    package var candidateCount: Int { self.candidates.count }

    /// Sessions that do not keep up, and what waits for them in bytes (contract 9).
    package var slowSessions: (count: Int, queuedBytes: Int) { self.queues.slowSessions }

    /// Ends a share of the sessions without a word of Socket.IO, so that clients come back by themselves (protocol.md 3.5).
    /// - Parameter share: of those that are left, 0 to 1. After 1, which is the last, nobody stays who comes from another loop.
    package func closeSome(share: Double) {
        self.isLeft = share >= 1
        let open = self.sessions.values.compactMap { entry -> EngineSession? in
            if case .here(let session) = entry, session.machine.isOpen { session } else { nil }
        }
        for session in open.prefix(Int((Double(open.count) * share).rounded(.up))) {
            session.close(.serverShutdown)
        }
    }

    /// Sessions whose client has still to fetch its last packets, or to be told that it is over.
    package var openPollingSessions: Int {
        self.sessions.values.count { entry in
            if case .here(let session) = entry { session.webSocket == nil } else { false }
        }
    }

    // MARK: - Candidates

    func makeCandidate(for session: SessionIdentifier) -> UpgradeCandidate {
        self.lastCandidate += 1
        return UpgradeCandidate(identifier: .init(loop: self.index, number: self.lastCandidate), session: session, loop: self)
    }

    func register(_ candidate: UpgradeCandidate) {
        self.candidates[candidate.identifier] = candidate
    }

    func candidate(_ identifier: UpgradeCandidate.Identifier) -> UpgradeCandidate? {
        self.candidates[identifier]
    }

    /// The candidate's WebSocket becomes a session's; nil if it has gone away.
    func takeCandidate(_ identifier: UpgradeCandidate.Identifier) -> UpgradeCandidate? {
        self.candidates.removeValue(forKey: identifier)
    }

    func closeCandidate(_ identifier: UpgradeCandidate.Identifier) {
        self.candidates.removeValue(forKey: identifier)?.drop()
    }

    func forget(_ candidate: UpgradeCandidate) {
        self.candidates[candidate.identifier] = nil
    }
}

@available(*, unavailable) extension RealtimeLoop: Sendable {}
