package import Broadcast
import EngineIO
package import HTTPEdge
import NIOCore

/// What the sessions of one loop share: their table, the loop's timer wheel and shard, the settings. Confined to its loop.
package final class RealtimeLoop {
    package let index: Int
    package let shard: LoopShard
    package let wheel: TimerWheel
    package let settings: RealtimeSettings
    let pingFrame: ByteBuffer
    private let makeApplication: (EngineSession) -> any EngineApplication
    private var sessions: [SessionIdentifier: EngineSession] = [:]
    private var generator = SystemRandomNumberGenerator()

    /// - Parameter makeApplication: what runs above each new session.
    package init(
        shard: LoopShard, wheel: TimerWheel, settings: RealtimeSettings,
        makeApplication: @escaping (EngineSession) -> any EngineApplication
    ) {
        self.index = shard.index
        self.shard = shard
        self.wheel = wheel
        self.settings = settings
        self.makeApplication = makeApplication
        self.pingFrame = ByteBuffer(bytes: [0x81, 0x01, PacketType.ping.rawValue])
    }

    /// A new session. It enters the table when its transport is there.
    func makeSession(isWebSocket: Bool) -> EngineSession {
        let identifier = SessionIdentifier(loop: UInt8(truncatingIfNeeded: self.index), using: &self.generator)
        let session = EngineSession(identifier: identifier, loop: self, isWebSocket: isWebSocket)
        session.application = self.makeApplication(session)
        return session
    }

    func register(_ session: EngineSession) {
        self.sessions[session.identifier] = session
    }

    func session(_ identifier: SessionIdentifier) -> EngineSession? {
        self.sessions[identifier]
    }

    func forget(_ session: EngineSession) {
        self.sessions[session.identifier] = nil
    }

    package var sessionCount: Int { self.sessions.count }

    /// Ends every session without a word of Socket.IO, so that clients come back by themselves (protocol.md 3.5).
    package func closeAll() {
        for session in Array(self.sessions.values) {
            session.close(.serverShutdown)
        }
    }
}

@available(*, unavailable) extension RealtimeLoop: Sendable {}
