import AccessControl
import Broadcast
import HTTPEdge
import Realtime
import Telemetry
import WireBytes

/// A whole server at one moment, as the console shows it. A value; made at most once a second, whoever looks.
struct ConsoleReading: Sendable {
    /// Rows of each list.
    static let mostRows = 20

    struct Channel: Sendable {
        let name: ChannelName
        let subscribers: Int
        /// Messages a second since the reading before.
        let messages: Double
    }

    /// What one loop adds to the lists.
    struct LoopPart: Sendable {
        let busiest: [ChannelActivity]
        let largest: [ChannelActivity]
        let slowest: [SocketReport]
        let ended: [SocketJournal.Ended]
        let now: Milliseconds
    }

    let server: ServerReading
    /// Seconds since 1970.
    let time: Double
    let busiest: [Channel]
    let largest: [Channel]
    let slowest: [SocketReport]
    let ended: [SocketJournal.Ended]
    /// The loops' clock.
    let now: Milliseconds

    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - seconds: since the reading before, or since the start.
    init(_ server: ServerReading, _ parts: [LoopPart], hub: Hub, time: Double, seconds: Double) {
        // Every loop that has subscribers of a channel fans out all of its messages.
        var messages: [ChannelName: Int] = [:]
        for activity in parts.flatMap({ $0.busiest + $0.largest }) {
            messages[activity.channel] = max(messages[activity.channel] ?? 0, activity.messages)
        }
        let channels = messages.map { name, count in
            Channel(name: name, subscribers: hub.subscribers(of: name), messages: Double(count) / max(seconds, 0.001))
        }
        self.server = server
        self.time = time
        self.busiest = Self.first(channels) { ($0.messages, Double($0.subscribers)) }
        self.largest = Self.first(channels) { (Double($0.subscribers), $0.messages) }
        self.slowest = Array(parts.flatMap(\.slowest).sorted { $0.queueAge > $1.queueAge }.prefix(Self.mostRows))
        self.ended = Array(parts.flatMap(\.ended).sorted { $0.time > $1.time }.prefix(Self.mostRows))
        self.now = parts.map(\.now).max() ?? 0
    }

    /// Of equals in the order of their names, so that rows do not change places for nothing.
    private static func first(_ channels: [Channel], by rank: (Channel) -> (Double, Double)) -> [Channel] {
        Array(
            channels.sorted { left, right in
                rank(left) == rank(right) ? left.name.bytes.lexicographicallyPrecedes(right.name.bytes) : rank(left) > rank(right)
            }.prefix(Self.mostRows))
    }
}
