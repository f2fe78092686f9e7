import WireBytes

/// A binary event or acknowledgement whose attachments arrive after it, one binary message each and in order (protocol.md 3.1).
///
/// Keeps copies, because the packet's bytes are gone when the attachments come. What it can hold is bounded twice, by the number of
/// attachments that decoding has checked and by bytes, and nothing is allocated for what was only announced.
package struct BinaryAssembly: Sendable {
    package let type: SocketPacketType
    /// As in the packet: `nil` for the main namespace.
    package let namespace: [UInt8]?
    /// Digits.
    package let ackID: [UInt8]?
    /// The payload, a JSON array with a placeholder `{"_placeholder":true,"num":i}` for attachment `i`.
    package let argumentsJSON: [UInt8]
    /// Those that have arrived.
    package private(set) var attachments: [[UInt8]] = []

    private let expected: Int
    private var freeByteCount: Int

    /// - Parameters:
    ///   - packet: decoded from `bytes`.
    ///   - maximumBytes: for payload, namespace and attachments together.
    package init(_ packet: SocketPacket, of bytes: Span<UInt8>, maximumBytes: Int) throws(BinaryFault) {
        guard packet.type.isBinary, packet.attachments > 0, let payload = packet.payload else { throw .notBinary }
        let headByteCount = payload.count + (packet.namespace?.count ?? 0)
        guard headByteCount <= maximumBytes else { throw .tooManyBytes }
        guard Placeholders.areValid(in: payload, of: bytes, attachments: packet.attachments) else { throw .badPlaceholder }
        self.type = packet.type
        self.namespace = packet.namespace.map { Self.copy(bytes.extracting($0)) }
        self.ackID = packet.ackID.map { Self.copy(bytes.extracting($0)) }
        self.argumentsJSON = Self.copy(bytes.extracting(payload))
        self.expected = packet.attachments
        self.freeByteCount = maximumBytes - headByteCount
    }

    /// Whether every attachment is there.
    package var isComplete: Bool {
        self.attachments.count == self.expected
    }

    /// Takes the next binary message.
    package mutating func append(_ attachment: Span<UInt8>) throws(BinaryFault) {
        guard !self.isComplete else { throw .surplusAttachment }
        guard attachment.count <= self.freeByteCount else { throw .tooManyBytes }
        self.freeByteCount -= attachment.count
        self.attachments.append(Self.copy(attachment))
    }

    /// To be called for a text packet that arrives while this packet is being put together: nothing may come in between.
    package func checkTextIsAllowed() throws(BinaryFault) {
        guard self.isComplete else { throw .textWhilePending }
    }

    private static func copy(_ bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        Output.append(bytes, to: &copy)
        return copy
    }
}
