import Broadcast
import WireBytes

/// What things are called in Redis. All of a channel's have its name as hash tag, so that they live on the same node of a Redis Cluster.
enum RedisNames {
    /// The Pub/Sub channel on which every node hears questions of the others.
    static let questions = Array("fanfare:questions".utf8)

    /// The Pub/Sub channel on which one node hears the answers to its own.
    static func answers(to node: UInt64) -> [UInt8] {
        Array("fanfare:answers:\(String(node, radix: 16))".utf8)
    }

    /// The Pub/Sub channel of a broadcast channel: `fanfare:{name}`.
    static func messages(of channel: ChannelName) -> [UInt8] {
        self.prefix + self.escaped(channel.bytes) + [UInt8(ascii: "}")]
    }

    /// The hash with its epoch and its latest offset.
    static func position(of channel: ChannelName) -> [UInt8] {
        self.messages(of: channel) + Array(":position".utf8)
    }

    /// The hash with the subscriptions of each node.
    static func counts(of channel: ChannelName) -> [UInt8] {
        self.messages(of: channel) + Array(":counts".utf8)
    }

    /// The channel of a Pub/Sub channel; nil for others.
    static func channel(ofMessages name: [UInt8]) -> ChannelName? {
        guard name.count > self.prefix.count + 1, name.starts(with: self.prefix), name.last == UInt8(ascii: "}") else { return nil }
        let inner = Array(name[self.prefix.count..<(name.count - 1)])
        // Names may have a % of their own, so it is escaped too.
        guard let plain = PercentDecoding.decode(0..<inner.count, of: inner.span), NameRule.checkChannel(plain.span) == nil else {
            return nil
        }
        return ChannelName(plain)
    }

    private static let prefix = Array("fanfare:{".utf8)

    /// Braces would end the hash tag.
    private static func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "{"): Array("%7B".utf8)
            case UInt8(ascii: "}"): Array("%7D".utf8)
            case UInt8(ascii: "%"): Array("%25".utf8)
            default: [byte]
            }
        }
    }
}
