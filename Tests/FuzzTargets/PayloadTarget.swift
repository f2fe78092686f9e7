import EngineIO
import WireBytes

/// The body of a long-polling POST: `PayloadReader`, and base64 of the binary packets in it.
package enum PayloadTarget: FuzzTarget {
    private static let separator: UInt8 = 0x1E

    package static func check(_ input: [UInt8]) throws(Fault) {
        let expected = self.expected(input)
        var reader = PayloadReader()
        var packets: [Packet] = []
        var fault: PacketFault?
        do throws(PacketFault) {
            while let packet = try reader.next(in: input.span) { packets.append(packet) }
        } catch {
            fault = error
        }
        try Fault.unless(fault == expected.fault, "the end is \(String(describing: fault)), not \(String(describing: expected.fault))")
        try Fault.unless(packets == expected.packets, "the packets are \(packets), not \(expected.packets)")
        try self.checkEnd(&reader, fault, input)
        for packet in packets where packet.isBase64 { try self.checkBase64(packet.payload, of: input) }
    }

    /// The whole body at once, by splitting it.
    private static func expected(_ input: [UInt8]) -> (packets: [Packet], fault: PacketFault?) {
        guard !input.isEmpty else { return ([], .emptyPayload) }
        var packets: [Packet] = []
        for part in input.split(separator: self.separator, omittingEmptySubsequences: false) {
            guard let first = part.first else { return (packets, part.startIndex == input.count ? .trailingSeparator : .emptyPacket) }
            guard String(validating: part, as: UTF8.self) != nil else { return (packets, .badUTF8) }
            let payload = (part.startIndex + 1)..<part.endIndex
            if first == UInt8(ascii: "b") {
                packets.append(Packet(type: .message, payload: payload, isBase64: true))
            } else if let type = PacketType(rawValue: first), ("0"..."6").contains(Unicode.Scalar(first)) {
                packets.append(Packet(type: type, payload: payload, isBase64: false))
            } else {
                return (packets, .unknownType)
            }
        }
        return (packets, nil)
    }

    /// Asked again, the reader says the same.
    private static func checkEnd(_ reader: inout PayloadReader, _ fault: PacketFault?, _ input: [UInt8]) throws(Fault) {
        var again: PacketFault?
        var packet: Packet?
        do throws(PacketFault) {
            packet = try reader.next(in: input.span)
        } catch {
            again = error
        }
        try Fault.unless(packet == nil && again == fault, "behind the end the reader says something else")
    }

    /// Only what `encode` writes is decoded, and it takes no more room than it should.
    private static func checkBase64(_ range: Range<Int>, of input: [UInt8]) throws(Fault) {
        guard let decoded = Base64.decode(range, of: input.span) else { return }
        try Fault.unless(decoded.count <= range.count / 4 * 3, "\(range.count) characters became \(decoded.count) bytes")
        var encoded: [UInt8] = []
        Base64.encode(decoded.span, to: &encoded)
        try Fault.unless(encoded.elementsEqual(input[range]), "base64 that encode would not write is taken")
    }
}
