package import Broadcast
import NIOCore
import WireBytes

/// Somebody looks on at one channel: the latest messages, each cut, and of many only some. A subscriber like any other but for being told
/// of nowhere, so that messages need no further way to it. Confined to its loop.
package final class ChannelTap: Subscriber {
    /// Kept in sum, and of one second.
    package static let maximumMessages = 50
    /// Of each message.
    package static let maximumBytes = 4_096

    private struct Message {
        let number: Int
        let time: NIODeadline
        /// A JSON string.
        let event: [UInt8]
        /// UTF-8, not longer than `maximumBytes`.
        let payload: [UInt8]
        let byteCount: Int
    }

    let channel: ChannelName
    private let eventLoop: any EventLoop
    /// Messages since the tap began.
    private var seen = 0
    private var messages: [Message] = []
    private var second = NIODeadline.distantPast
    private var keptInSecond = 0
    /// Nobody wants it any longer from then on, unless somebody asks again.
    var end: NIODeadline

    init(channel: ChannelName, eventLoop: any EventLoop, end: NIODeadline) {
        self.channel = channel
        self.eventLoop = eventLoop
        self.end = end
        super.init(isCounted: false)
    }

    package override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
        let now = self.eventLoop.now
        if now - self.second >= .seconds(1) {
            self.second = now
            self.keptInSecond = 0
        }
        for publication in batch.publications[first...] {
            self.seen += 1
            guard self.keptInSecond < Self.maximumMessages, let (event, payload) = publication.parts else { continue }
            self.keptInSecond += 1
            if self.messages.count == Self.maximumMessages { self.messages.removeFirst() }
            self.messages.append(
                Message(
                    number: self.seen, time: now, event: event, payload: Self.beginning(of: payload), byteCount: payload.readableBytes))
        }
    }

    /// Whole characters.
    private static func beginning(of payload: ByteBuffer) -> [UInt8] {
        let bytes = payload.readableBytesUInt8Span
        var end = min(bytes.count, Self.maximumBytes)
        while end < bytes.count, end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return payload.getBytes(at: payload.readerIndex, length: end) ?? []
    }

    /// - Parameter after: the number of the last message that is known already.
    func json(after: Int) -> [UInt8] {
        let now = self.eventLoop.now
        // Of an earlier tap, which is forgotten.
        let known = after <= self.seen ? after : 0
        let news = self.messages.filter { $0.number > known }
        var json = JSONWriter()
        json.object { json in
            json.member("channel", text: self.channel.bytes)
            json.member("seen", self.seen)
            json.member("skipped", self.seen - known - news.count)
            json.member("next", self.seen)
            json.member("messages", arrayOf: news) { json, message in
                json.object { json in
                    json.member("number", message.number)
                    json.member("seconds_ago", Double((now - message.time).nanoseconds / 1_000_000) / 1_000)
                    json.name("event")
                    json.value(message.event)
                    json.member("data", text: message.payload)
                    json.member("byte_count", message.byteCount)
                    json.member("whole", message.byteCount == message.payload.count)
                }
            }
        }
        return json.bytes
    }
}
