import WireBytes

/// A message on its way between nodes, as Redis' Pub/Sub carries it. All numbers have their highest byte first:
///
///     1  magic 0xFA
///     1  version 1
///     8  node that has published it
///     8  epoch     ┐ put in by the script that publishes it
///     8  offset    ┘
///     1  bytes of the event's name (1 to 200)
///     n  the event's name
///     …  the posted JSON, as it was posted
///
/// A later version may change everything behind its own byte.
struct Envelope: Equatable, Sendable {
    enum Fault: Error, Equatable {
        /// Nothing that a node has written.
        case malformed
        /// Of a newer node.
        case version(UInt8)
    }

    static let magic: UInt8 = 0xFA
    static let version: UInt8 = 1
    private static let headByteCount = 27

    let node: UInt64
    let position: Position
    let event: [UInt8]
    let payload: [UInt8]

    /// What stands before the position.
    static func head(node: UInt64) -> [UInt8] {
        [self.magic, self.version] + node.bigEndianBytes
    }

    /// What stands behind the position.
    /// - Parameter event: at most 200 bytes.
    static func tail(event: [UInt8], payload: [UInt8]) -> [UInt8] {
        var tail: [UInt8] = []
        tail.reserveCapacity(1 + event.count + payload.count)
        tail.append(UInt8(truncatingIfNeeded: event.count))
        tail += event
        tail += payload
        return tail
    }

    /// - Parameters:
    ///   - bytes: from whoever can write to Redis: all of it is checked, as it is sent to clients as it is.
    ///   - maximumDepth: nesting of the JSON.
    init(parsing bytes: [UInt8], maximumPayload: Int, maximumDepth: Int) throws(Fault) {
        guard bytes.count >= 2, bytes[0] == Self.magic else { throw .malformed }
        guard bytes[1] == Self.version else { throw .version(bytes[1]) }
        guard bytes.count > Self.headByteCount else { throw .malformed }
        self.node = Self.number(at: 2, of: bytes)
        self.position = Position(epoch: Self.number(at: 10, of: bytes), offset: Self.number(at: 18, of: bytes))
        let event = Self.headByteCount..<(Self.headByteCount + Int(bytes[26]))
        guard self.position.offset > 0, event.upperBound < bytes.count, bytes.count - event.upperBound <= maximumPayload else {
            throw .malformed
        }
        self.event = Array(bytes[event])
        self.payload = Array(bytes[event.upperBound...])
        guard NameRule.checkEvent(self.event.span) == nil else { throw .malformed }
        do {
            // White space around the value was cut off by the node that took it.
            guard try JSONScanner.scan(self.payload.span, maximumDepth: maximumDepth) == self.payload.indices else { throw Fault.malformed }
        } catch {
            throw .malformed
        }
    }

    private static func number(at start: Int, of bytes: [UInt8]) -> UInt64 {
        bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
