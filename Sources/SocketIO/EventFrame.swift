import WireBytes

/// The packet of a broadcast, `42["<event>",<payload>]`: measured first and written second, so that a frame is one exact allocation.
/// Called once for a message, on the publisher's loop.
package enum EventFrame {
    private static let head: StaticString = "42["

    /// - Parameters:
    ///   - event: the name, UTF-8, not quoted yet.
    ///   - payloadByteCount: bytes of the posted JSON value.
    /// - Returns: how many bytes `write` adds.
    package static func byteCount(event: Span<UInt8>, payloadByteCount: Int) -> Int {
        Self.head.utf8CodeUnitCount + JSONText.quotedByteCount(event) + 1 + payloadByteCount + 1
    }

    /// - Parameters:
    ///   - event: a name that `NameRule.checkEvent` has accepted.
    ///   - payload: exactly one JSON value; its bytes are copied as they are.
    ///   - output: with room for `byteCount(event:payloadByteCount:)` bytes.
    package static func write(event: Span<UInt8>, payload: Span<UInt8>, into output: inout OutputRawSpan) {
        Output.write(Self.head, into: &output)
        JSONText.writeQuoted(event, into: &output)
        output.append(UInt8(ascii: ","))
        Output.write(payload, into: &output)
        output.append(UInt8(ascii: "]"))
    }

    /// The packet of an event with any arguments: `42["e",…]`, or `451-["e",…]` with one attachment. Its copies are no matter: only emitters'
    /// messages are made so.
    /// - Parameter argumentsJSON: a JSON array.
    package static func packet(event: [UInt8], argumentsJSON: [UInt8], attachments: Int) -> [UInt8] {
        var packet = Array((attachments == 0 ? "42[" : "45\(attachments)-[").utf8)
        JSONText.appendQuoted(event.span, to: &packet)
        let arguments = argumentsJSON.dropFirst().dropLast()
        if !arguments.isEmpty {
            packet.append(UInt8(ascii: ","))
            packet += arguments
        }
        packet.append(UInt8(ascii: "]"))
        return packet
    }
}
