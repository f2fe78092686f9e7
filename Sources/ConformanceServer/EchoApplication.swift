import EngineIO
import HTTPEdge
import Realtime

/// Engine.IO without anything above it: every message comes back as it came.
final class EchoApplication: EngineApplication {
    private unowned let session: EngineSession

    init(session: EngineSession) {
        self.session = session
    }

    func received(text: Span<UInt8>) {
        var packet: [UInt8] = [PacketType.message.rawValue]
        for index in text.indices { packet.append(text[index]) }
        self.session.send(text: packet)
    }

    func received(binary: Span<UInt8>) {
        self.session.send(binary: binary.indices.map { binary[$0] })
    }

    var deadline: Milliseconds? { nil }
    func deadlinePassed() {}
    func closed(_ reason: CloseReason) {}

    func handOver() -> @Sendable (EngineSession, RealtimeLoop) -> any EngineApplication {
        { session, _ in EchoApplication(session: session) }
    }
}
