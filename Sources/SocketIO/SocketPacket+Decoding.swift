import WireBytes

extension SocketPacket {
    /// Decodes a packet from a client, as strictly and as generously as protocol.md 3.2 says.
    ///
    /// Whether the namespace is joined is the connection's to judge. An event or acknowledgement without any JSON is accepted, with no
    /// `payload`, as the reference server does.
    /// - Parameter range: the packet, without the Engine.IO `4`, within `bytes`.
    package static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) throws(SocketPacketFault) -> SocketPacket {
        guard !range.isEmpty else { throw .empty }
        guard let type = SocketPacketType(rawValue: bytes[range.lowerBound]) else { throw .unknownType }
        guard type != .connectError else { throw .connectErrorFromClient }

        var rest = (range.lowerBound + 1)..<range.upperBound
        let attachments = type.isBinary ? try Self.takeAttachmentCount(&rest, of: bytes) : 0
        let namespace = Self.takeNamespace(&rest, of: bytes)
        let ackID = try Self.takeAckID(&rest, of: bytes)
        let payload = try Self.payload(rest, of: bytes)
        try Self.check(payload, for: type, of: bytes)
        return SocketPacket(type: type, attachments: attachments, namespace: namespace, ackID: ackID, payload: payload)
    }

    private static func takeAttachmentCount(_ rest: inout Range<Int>, of bytes: Span<UInt8>) throws(SocketPacketFault) -> Int {
        let digits = Self.digits(rest, of: bytes)
        guard !digits.isEmpty, digits.upperBound < rest.upperBound, bytes[digits.upperBound] == UInt8(ascii: "-") else {
            throw .badAttachmentCount
        }
        var count = 0
        for index in digits {
            count = count * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            // Also what keeps a number of a thousand digits from overflowing.
            guard count <= Self.maximumAttachments else { throw .tooManyAttachments }
        }
        guard count > 0 else { throw .noAttachments }
        rest = (digits.upperBound + 1)..<rest.upperBound
        return count
    }

    /// A namespace begins with a slash and ends at the first comma or, as C++ clients leave that out, with the packet. What begins with
    /// anything else is a payload: `0{}` is not a namespace called `{}`.
    private static func takeNamespace(_ rest: inout Range<Int>, of bytes: Span<UInt8>) -> Range<Int>? {
        guard !rest.isEmpty, bytes[rest.lowerBound] == UInt8(ascii: "/") else { return nil }
        let start = rest.lowerBound
        var end = start
        var query: Int?
        while end < rest.upperBound, bytes[end] != UInt8(ascii: ",") {
            if query == nil, bytes[end] == UInt8(ascii: "?") {
                query = end
            }
            end += 1
        }
        rest = min(end + 1, rest.upperBound)..<rest.upperBound
        let path = start..<(query ?? end)
        return path.count > 1 ? path : nil
    }

    private static func takeAckID(_ rest: inout Range<Int>, of bytes: Span<UInt8>) throws(SocketPacketFault) -> Range<Int>? {
        let digits = Self.digits(rest, of: bytes)
        guard !digits.isEmpty else { return nil }
        guard digits.count <= Self.maximumAckIDByteCount else { throw .ackIDTooLong }
        rest = digits.upperBound..<rest.upperBound
        return digits
    }

    private static func digits(_ range: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) {
            end += 1
        }
        return range.lowerBound..<end
    }

    private static func payload(_ rest: Range<Int>, of bytes: Span<UInt8>) throws(SocketPacketFault) -> Range<Int>? {
        guard !rest.isEmpty else { return nil }
        do throws(JSONFault) {
            let value = try JSONScanner.scan(bytes.extracting(rest))
            return (rest.lowerBound + value.lowerBound)..<(rest.lowerBound + value.upperBound)
        } catch {
            throw .badJSON
        }
    }

    private static func check(_ payload: Range<Int>?, for type: SocketPacketType, of bytes: Span<UInt8>) throws(SocketPacketFault) {
        guard let payload else {
            if type.isBinary {
                throw .missingPayload
            }
            return
        }
        switch type {
        case .connect:
            guard bytes[payload.lowerBound] == UInt8(ascii: "{") else { throw .payloadNotObject }
        case .disconnect:
            throw .unexpectedPayload
        case .event, .binaryEvent:
            try Self.checkEventName(payload, of: bytes)
        case .ack, .binaryAck:
            guard bytes[payload.lowerBound] == UInt8(ascii: "[") else { throw .payloadNotArray }
        case .connectError:
            throw .connectErrorFromClient
        }
    }

    private static func checkEventName(_ payload: Range<Int>, of bytes: Span<UInt8>) throws(SocketPacketFault) {
        guard var elements = JSONElements(array: payload, in: bytes) else { throw .payloadNotArray }
        guard let first = elements.next(in: bytes) else { throw .badEventName }
        switch bytes[first.lowerBound] {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return
        default:
            // Decoded, because a name can hide behind escapes.
            guard let name = JSONText.decodeString(first, in: bytes) else { throw .badEventName }
            // Not the whole rule for publishers' names: what else a client calls its events is its own affair.
            guard NameRule.checkEvent(name.span) != .reservedEvent else { throw .reservedEventName }
        }
    }
}
