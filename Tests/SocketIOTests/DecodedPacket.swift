import SocketIO

/// A packet with texts in the place of offsets: what a table can hold.
struct DecodedPacket: Equatable, Sendable, CustomStringConvertible {
    var type: SocketPacketType
    var attachments = 0
    var namespace: String?
    var ackID: String?
    var payload: String?

    init(_ type: SocketPacketType, attachments: Int = 0, namespace: String? = nil, ackID: String? = nil, payload: String? = nil) {
        self.type = type
        self.attachments = attachments
        self.namespace = namespace
        self.ackID = ackID
        self.payload = payload
    }

    /// Decodes a whole text, which has no Engine.IO `4` in front.
    init(decoding text: String) throws(SocketPacketFault) {
        try self.init(decoding: Array(text.utf8))
    }

    init(decoding bytes: [UInt8]) throws(SocketPacketFault) {
        let packet = try SocketPacket.decode(0..<bytes.count, of: bytes.span)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        self.init(
            packet.type, attachments: packet.attachments, namespace: packet.namespace.map(text), ackID: packet.ackID.map(text),
            payload: packet.payload.map(text))
    }

    var description: String {
        "\(self.type) \(self.attachments) \(self.namespace ?? "/") \(self.ackID ?? "-") \(self.payload ?? "-")"
    }
}
