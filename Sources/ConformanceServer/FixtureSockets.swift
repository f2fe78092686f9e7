import Realtime
import WireBytes

/// The Socket.IO suite's fixture: `auth` on connect, `message` → `message-back`, `message-with-ack` → its arguments.
final class FixtureSockets: SocketApplication {
    var acceptsBinary: Bool { true }

    func hasNamespace(_ namespace: [UInt8]?) -> Bool {
        namespace.map { $0 == Array("/custom".utf8) } ?? true
    }

    func connected(_ socket: Socket, auth: [UInt8]?) {
        socket.emit(Array(#"["auth","#.utf8) + (auth ?? Array("{}".utf8)) + [UInt8(ascii: "]")])
    }

    func disconnected(_ socket: Socket) {}

    func received(_ arguments: Span<UInt8>, attachments: [[UInt8]], ackID: [UInt8]?, on socket: Socket) {
        guard socket.namespace == nil, var elements = JSONElements(array: 0..<arguments.count, in: arguments),
            let name = elements.next(in: arguments).flatMap({ JSONText.decodeString($0, in: arguments) })
        else { return }
        var rest: [[UInt8]] = []
        while let element = elements.next(in: arguments) { rest.append(element.map { arguments[$0] }) }
        if name == Array("message".utf8) {
            socket.emit(Self.array([Array(#""message-back""#.utf8)] + rest), attachments: attachments)
        } else if name == Array("message-with-ack".utf8), let ackID {
            socket.acknowledge(ackID, Self.array(rest), attachments: attachments)
        }
    }

    private static func array(_ elements: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + elements.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
}
