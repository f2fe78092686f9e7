import Broadcast
import NIOCore
import WireBytes

/// The packets that wait for a long-polling client's next GET: references to the bytes that every receiver shares, in order.
struct PollOutbox: Sendable {
    enum Packet: Sendable {
        /// An Engine.IO packet with its type, for example `42[…]`.
        case text(ByteBuffer)
        /// A binary message; on long-polling it travels as `b` and base64.
        case binary([UInt8])
    }

    /// More are left for the next GET: Python clients refuse a reply with more than 16 (protocol.md 1.6).
    let maximumPacketsAReply: Int
    private static let separator: UInt8 = 0x1E

    private var packets: [Packet] = []
    /// Packets before this index have been taken.
    private var head = 0
    /// Bytes of all waiting packets.
    private(set) var byteCount = 0
    /// Bytes of all packets that ever waited.
    private(set) var appendedBytes = 0

    init(maximumPacketsAReply: Int = 16) {
        self.maximumPacketsAReply = maximumPacketsAReply
    }

    var isEmpty: Bool { self.head == self.packets.count }
    var count: Int { self.packets.count - self.head }

    mutating func append(_ packet: ByteBuffer) {
        self.packets.append(.text(packet))
        self.byteCount += packet.readableBytes
        self.appendedBytes &+= packet.readableBytes
    }

    mutating func append(_ publication: Publication) {
        self.append(publication.packet)
        for attachment in publication.attachments { self.append(binary: attachment) }
    }

    mutating func append(binary: [UInt8]) {
        self.packets.append(.binary(binary))
        self.byteCount += binary.count
        self.appendedBytes &+= binary.count
    }

    /// The next reply's body: up to 16 packets, joined by U+001E. Empty only when the outbox is.
    /// - Parameter room: left for packets that the caller adds.
    mutating func takeReply(leavingRoomFor room: Int = 0) -> ByteBuffer {
        let taken = self.packets[self.head...].prefix(self.maximumPacketsAReply - room)
        var reply = ByteBuffer()
        if taken.count == 1, case .text(let packet) = taken.first {
            reply = packet
            self.byteCount -= packet.readableBytes
        } else {
            for packet in taken {
                if reply.writerIndex > 0 { reply.writeInteger(Self.separator) }
                self.byteCount -= Self.write(packet, to: &reply)
            }
        }
        self.head += taken.count
        if self.isEmpty {
            self.packets.removeAll(keepingCapacity: self.packets.capacity <= 2 * self.maximumPacketsAReply)
            self.head = 0
        } else if self.head >= 256 {
            self.packets.removeFirst(self.head)
            self.head = 0
        }
        return reply
    }

    /// Everything that waits, in order; the outbox is empty afterwards.
    mutating func takeAll() -> [Packet] {
        defer { self = PollOutbox(maximumPacketsAReply: self.maximumPacketsAReply) }
        return Array(self.packets[self.head...])
    }

    /// Returns the packet's share of `byteCount`.
    private static func write(_ packet: Packet, to reply: inout ByteBuffer) -> Int {
        switch packet {
        case .text(let text):
            reply.writeImmutableBuffer(text)
            return text.readableBytes
        case .binary(let message):
            var text: [UInt8] = [UInt8(ascii: "b")]
            Base64.encode(message.span, to: &text)
            reply.writeBytes(text)
            return message.count
        }
    }
}
