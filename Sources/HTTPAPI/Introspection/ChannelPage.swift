package import Broadcast
import WireBytes

/// A page of the channels that somebody is subscribed to, in the order of their bytes.
package struct ChannelPage: Sendable {
    package var channels: [ChannelCount]
    package var hasMore: Bool

    package init(channels: [ChannelCount], hasMore: Bool) {
        self.channels = channels
        self.hasMore = hasMore
    }

    /// The same page of several nodes: each has the first of its own, so the first of all of them are among these.
    /// - Parameter limit: of the page.
    package static func sum(_ pages: [ChannelPage], limit: Int) -> ChannelPage {
        var counts: [ChannelName: Int] = [:]
        for page in pages {
            for count in page.channels { counts[count.channel, default: 0] += count.subscribers }
        }
        let names = counts.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return ChannelPage(
            channels: names.prefix(limit).map { ChannelCount(channel: $0, subscribers: counts[$0] ?? 0) },
            hasMore: names.count > limit || pages.contains(where: \.hasMore))
    }

    /// - Parameter nodes: nil for a server that is alone.
    package func json(nodes: NodeReport?) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("channels", arrayOf: self.channels) { json, count in
                json.object { $0.members(of: count) }
            }
            json.member("next", text: self.hasMore ? self.channels.last?.channel.bytes : nil)
            if let nodes { json.member(nodes) }
        }
        return json.bytes
    }
}

extension JSONWriter {
    mutating func members(of count: ChannelCount) {
        self.member("channel", text: count.channel.bytes)
        self.member("subscribers", count.subscribers)
    }

    mutating func member(_ nodes: NodeReport) {
        self.member("nodes") { json in
            json.member("asked", nodes.asked)
            json.member("answered", arrayOf: nodes.answered) { $0.text(Array($1.utf8)) }
        }
    }
}
