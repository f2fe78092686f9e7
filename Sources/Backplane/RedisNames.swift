import Broadcast

/// What things are called in Redis. All of a channel's have its name as hash tag, so that they live on the same node of a Redis Cluster.
enum RedisNames {
    /// A key that is there for as long as Redis forgets nothing.
    static let life = Array("fanfare:life".utf8)

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
