import EngineIO
import NIOCore
import WireBytes

/// The packets that wait for a long-polling client's next GET: references to the frames that every receiver shares, in order.
struct PollOutbox: Sendable {
    /// More are left for the next GET: Python clients refuse a reply with more than 16 (protocol.md 1.6).
    static let maximumPacketsAReply = 16
    private static let separator: UInt8 = 0x1E

    private var packets: [ByteBuffer] = []
    /// Packets before this index have been taken.
    private var head = 0
    /// Bytes of all waiting packets.
    private(set) var byteCount = 0

    var isEmpty: Bool { self.head == self.packets.count }
    var count: Int { self.packets.count - self.head }

    mutating func append(_ packet: ByteBuffer) {
        self.packets.append(packet)
        self.byteCount += packet.readableBytes
    }

    /// A binary message travels as `b` and base64.
    mutating func append(binary: [UInt8]) {
        var text: [UInt8] = [UInt8(ascii: "b")]
        Base64.encode(binary.span, to: &text)
        self.append(ByteBuffer(bytes: text))
    }

    /// The next reply's body: up to 16 packets, joined by U+001E. Empty only when the outbox is.
    mutating func takeReply() -> ByteBuffer {
        let taken = self.packets[self.head...].prefix(Self.maximumPacketsAReply)
        var reply = ByteBuffer()
        if taken.count == 1, let packet = taken.first {
            reply = packet
        } else {
            reply.reserveCapacity(taken.reduce(0) { $0 + $1.readableBytes + 1 })
            for packet in taken {
                if reply.writerIndex > 0 { reply.writeInteger(Self.separator) }
                reply.writeImmutableBuffer(packet)
            }
        }
        self.byteCount -= taken.reduce(0) { $0 + $1.readableBytes }
        self.head += taken.count
        if self.head == self.packets.count {
            self.packets.removeAll(keepingCapacity: self.packets.capacity <= Self.maximumPacketsAReply)
            self.head = 0
        } else if self.head >= 256 {
            self.packets.removeFirst(self.head)
            self.head = 0
        }
        return reply
    }

    /// Everything that waits, in order; the outbox is empty afterwards.
    mutating func takeAll() -> [ByteBuffer] {
        defer { self = PollOutbox() }
        return Array(self.packets[self.head...])
    }
}
