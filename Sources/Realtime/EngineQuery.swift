import EngineIO
import HTTPEdge
import WireBytes

/// The query of a request to the Engine.IO endpoint (protocol.md 1.2). Of a repeated key the last counts.
struct EngineQuery: Equatable {
    enum TransportName: Equatable {
        case polling
        case webSocket
        case unknown
    }

    enum SessionName: Equatable {
        /// Absent or empty: this is a handshake.
        case none
        case some(SessionIdentifier)
        /// Nothing that this server could have given out.
        case malformed
    }

    var transport = TransportName.unknown
    var session = SessionName.none
    /// `EIO` is exactly `4`; missing means revision 3.
    var isRevision4 = false
    /// `b64` is there and not empty: binary goes as base64 text on this transport.
    var wantsBase64 = false

    init(_ target: RequestTarget) {
        let bytes = target.text.utf8.span
        if let transport = target.queryItem("transport") {
            if ASCII.equals(bytes.extracting(transport), "polling") {
                self.transport = .polling
            } else if ASCII.equals(bytes.extracting(transport), "websocket") {
                self.transport = .webSocket
            }
        }
        if let session = target.queryItem("sid"), !session.isEmpty {
            self.session = SessionIdentifier(parsing: session, of: bytes).map { .some($0) } ?? .malformed
        }
        self.isRevision4 = target.queryItem("EIO").map { ASCII.equals(bytes.extracting($0), "4") } ?? false
        self.wantsBase64 = target.queryItem("b64").map { !$0.isEmpty } ?? false
    }
}
