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
    /// Loops that have not fanned the message out yet; the last one gives its share of the admission bound back.
    private let loopsLeft = Atomic<Int>(0)

    /// - Parameters:
    ///   - event: a name that `NameRule.checkEvent` has accepted.
    ///   - payload: exactly one JSON value, which becomes the event's only argument byte for byte.
    package init(channel: ChannelName, event: Span<UInt8>, payload: Span<UInt8>, allocator: ByteBufferAllocator) {
        self.channel = channel
        let packetByteCount = EventFrame.byteCount(event: event, payloadByteCount: payload.count)
        self.headerByteCount = FrameHeader.byteCount(payloadByteCount: packetByteCount)
        var frame = allocator.buffer(capacity: self.headerByteCount + packetByteCount)
        frame.writeWithOutputRawSpan(minimumWritableBytes: self.headerByteCount + packetByteCount) { output in
            FrameHeader.write(opcode: .text, payloadByteCount: packetByteCount, into: &output)
            EventFrame.write(event: event, payload: payload, into: &output)
        }
        self.frame = frame
    }

    /// The Engine.IO packet `42[…]` for long-polling: a slice, not a copy.
    package var packet: ByteBuffer {
        var packet = self.frame
        packet.moveReaderIndex(forwardBy: self.headerByteCount)
        return packet
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
