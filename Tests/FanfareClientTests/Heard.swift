import FanfareClient

/// One call of a delegate.
enum Heard: Equatable {
    case connected
    case answered(refusal: String?)
    case event(String, String)
    case lost(ConnectionLoss)
}

/// Keeps what a connection says, and subscribes like a listener does.
final class RecordingDelegate: SocketIOClientDelegate {
    private(set) var heard: [Heard] = []
    private(set) var completedReads = 0
    var subscribesTo: String?

    func socketConnected(_ connection: SocketIOClientConnection) {
        self.heard.append(.connected)
        if let subscribesTo { connection.subscribe(to: Array(subscribesTo.utf8).span) }
    }

    func socketAnswered(_ connection: SocketIOClientConnection, refusal: String?) {
        self.heard.append(.answered(refusal: refusal))
    }

    func socketReceived(_ packet: EventPacket, of text: Span<UInt8>, on connection: SocketIOClientConnection) {
        self.heard.append(.event(text.string(packet.name), text.string(packet.data)))
    }

    func socketReadCompleted(_ connection: SocketIOClientConnection) {
        self.completedReads += 1
    }

    func socketLost(_ connection: SocketIOClientConnection, _ loss: ConnectionLoss) {
        self.heard.append(.lost(loss))
    }
}

extension Span<UInt8> {
    func string(_ range: Range<Int>) -> String {
        String(decoding: range.map { self[$0] }, as: UTF8.self)
    }
}
