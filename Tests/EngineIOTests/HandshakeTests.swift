import EngineIO
import Testing

@Suite struct HandshakeTests {
    private static let sid = "AAECAwQFBgcICQoLDA0ODxAR"

    private static func packet(mayUpgrade: Bool) throws -> String {
        let handshake = Handshake(pingIntervalMilliseconds: 25000, pingTimeoutMilliseconds: 20000, maximumPayload: 1_000_000)
        let characters = Array(Self.sid.utf8)
        let identifier = SessionIdentifier(parsing: 0..<characters.count, of: characters.span)
        return String(decoding: handshake.openPacket(sid: try #require(identifier), mayUpgrade: mayUpgrade), as: UTF8.self)
    }

    @Test func `the open packet of a long-polling session offers the upgrade`() throws {
        #expect(
            try Self.packet(mayUpgrade: true)
                == #"0{"sid":"AAECAwQFBgcICQoLDA0ODxAR","upgrades":["websocket"],"#
                + #""pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#)
    }

    @Test func `the open packet of a WebSocket session has an empty list of upgrades`() throws {
        #expect(
            try Self.packet(mayUpgrade: false)
                == #"0{"sid":"AAECAwQFBgcICQoLDA0ODxAR","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#)
    }
}
