import Broadcast
import Foundation
import HTTPAPI
import WireBytes

/// What a node says to a `NodeQuestion`.
enum NodeAnswer: Codable, Sendable {
    struct Channel: Codable, Sendable {
        let name: String
        let subscribers: Int
    }

    case channels([Channel], hasMore: Bool)
    case subscribers(Int)
    /// The JSON of the socket's story; empty if it is not known here.
    case socket(String)
    case disconnected(Bool)

    init(_ page: ChannelPage) {
        let channels = page.channels.map { Channel(name: String(decoding: $0.channel.bytes, as: UTF8.self), subscribers: $0.subscribers) }
        self = .channels(channels, hasMore: page.hasMore)
    }

    /// Nil for another kind of answer, and for a page that no node makes.
    var page: ChannelPage? {
        guard case .channels(let channels, let hasMore) = self else { return nil }
        let counts = channels.compactMap { channel -> ChannelCount? in
            let name = Array(channel.name.utf8)
            guard NameRule.checkChannel(name.span) == nil, (0...1_000_000_000).contains(channel.subscribers) else { return nil }
            return ChannelCount(channel: ChannelName(name), subscribers: channel.subscribers)
        }
        return ChannelPage(channels: counts, hasMore: hasMore)
    }

    init?(parsing bytes: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = answer
    }

    var bytes: [UInt8] { (try? JSONEncoder().encode(self)).map { Array($0) } ?? [] }
}
