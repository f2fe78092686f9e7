package import NIOCore
import SocketIO
import Synchronization
import WebSocketFraming

/// One accepted message, encoded once and shared by every loop and every receiver.
///
/// The frame is the finished WebSocket text frame: header, `42["event",`, the posted bytes, `]`. A long-polling packet is the same bytes
/// without the header.
package final class Publication: Sendable {
    package let channel: ChannelName
    /// The whole server frame, as it goes onto a WebSocket.
    package let frame: ByteBuffer
    /// Where the Engine.IO packet begins within `frame`.
    private let headerByteCount: Int
    /// Where it ends: behind it are the frames of the attachments.
    private let packetByteCount: Int
    /// Binary parts of its arguments; only what came from an emitter has some.
    package let attachments: [[UInt8]]
    /// Nil: the subscribers of `channel`.
    package let audience: Audience?
    /// Loops that have not fanned the message out yet; the last one gives its share of the admission bound back.
    private let loopsLeft = Atomic<Int>(0)

    /// - Parameters:
    ///   - event: a name that `NameRule.checkEvent` has accepted.
    ///   - payload: exactly one JSON value, which becomes the event's only argument byte for byte.
    package init(channel: ChannelName, event: Span<UInt8>, payload: Span<UInt8>, allocator: ByteBufferAllocator) {
        self.channel = channel
        self.attachments = []
        self.audience = nil
        let packetByteCount = EventFrame.byteCount(event: event, payloadByteCount: payload.count)
        self.packetByteCount = packetByteCount
        self.headerByteCount = FrameHeader.byteCount(payloadByteCount: packetByteCount)
        var frame = allocator.buffer(capacity: self.headerByteCount + packetByteCount)
        frame.writeWithOutputRawSpan(minimumWritableBytes: self.headerByteCount + packetByteCount) { output in
            FrameHeader.write(opcode: .text, payloadByteCount: packetByteCount, into: &output)
            EventFrame.write(event: event, payload: payload, into: &output)
        }
        self.frame = frame
    }

    /// A message of an emitter, which may have any number of arguments and binary in them (protocol.md 3.1).
    /// - Parameters:
    ///   - channel: for an `audience` the name that stands for it.
    ///   - argumentsJSON: a JSON array of the arguments behind the event's name, with placeholders where attachments belong.
    ///   - attachments: a WebSocket gets each as a binary frame behind the packet's.
    package init(channel: ChannelName, audience: Audience?, event: [UInt8], argumentsJSON: [UInt8], attachments: [[UInt8]]) {
        self.channel = channel
        self.audience = audience
        self.attachments = attachments
        let packet = EventFrame.packet(event: event, argumentsJSON: argumentsJSON, attachments: attachments.count)
        self.packetByteCount = packet.count
        self.headerByteCount = FrameHeader.byteCount(payloadByteCount: packet.count)
        var frame: [UInt8] = []
        FrameHeader.append(opcode: .text, payloadByteCount: packet.count, to: &frame)
        frame += packet
        for attachment in attachments {
            FrameHeader.append(opcode: .binary, payloadByteCount: attachment.count, to: &frame)
            frame += attachment
        }
        self.frame = ByteBuffer(bytes: frame)
    }

    /// The Engine.IO packet `42[…]` for long-polling: a slice, not a copy. The attachments are packets of their own.
    package var packet: ByteBuffer {
        self.frame.getSlice(at: self.frame.readerIndex + self.headerByteCount, length: self.packetByteCount) ?? ByteBuffer()
    }

    var byteCount: Int {
        self.frame.readableBytes
    }

    /// Called under the channel's stripe lock, before any loop can see the message.
    func expectFanOuts(_ loops: Int) {
        self.loopsLeft.store(loops, ordering: .relaxed)
    }

    /// - Returns: whether this was the last loop.
    func didFanOut() -> Bool {
        self.loopsLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
