import WireBytes

/// Splits a long-polling body into its packets, one a call: they are joined by U+001E, without a separator at the end
/// (protocol.md 1.5, 1.7).
///
/// Lazy, so that the packets before an undecodable one are processed, and no array is built from a number that a stranger chose: the
/// caller counts the packets against its limit.
package struct PayloadReader: Sendable {
    private static let separator: UInt8 = 0x1E

    private enum State {
        case expecting(packetAt: Int)
        case finished
        case failed(PacketFault)
    }

    private var state = State.expecting(packetAt: 0)

    package init() {}

    /// - Parameter bytes: the whole body, the same in every call.
    /// - Returns: the next packet, `nil` after the last one.
    /// - Throws: what is wrong with the next packet; every later call throws the same.
    package mutating func next(in bytes: Span<UInt8>) throws(PacketFault) -> Packet? {
        switch self.state {
        case .finished:
            return nil
        case .failed(let fault):
            throw fault
        case .expecting(let start):
            do throws(PacketFault) {
                return try self.packet(at: start, in: bytes)
            } catch {
                self.state = .failed(error)
                throw error
            }
        }
    }

    private mutating func packet(at start: Int, in bytes: Span<UInt8>) throws(PacketFault) -> Packet {
        guard start < bytes.count else {
            throw start == 0 ? .emptyPayload : .trailingSeparator
        }
        var end = start
        while end < bytes.count, bytes[end] != Self.separator {
            end += 1
        }
        // U+001E is one byte and never part of a longer character, so the body is UTF-8 exactly if every packet is.
        guard UTF8Validator.isValid(bytes.extracting(start..<end)) else { throw .badUTF8 }
        let packet = try PacketCodec.decode(start..<end, of: bytes)
        self.state = end < bytes.count ? .expecting(packetAt: end + 1) : .finished
        return packet
    }
}
