import Broadcast
import HTTPEdge

/// Commands of one connection that are not acknowledged yet, as the messages of other nodes do not arrive for some of their channels
/// (contract 10).
struct AwaitedChannels: Sendable {
    struct Command: Sendable {
        /// Nil if the client has asked for no acknowledgement.
        let ackID: [UInt8]?
        /// The text of the acknowledgement.
        let acknowledgement: [UInt8]
        fileprivate(set) var channels: [ChannelName]
        fileprivate let deadline: Milliseconds
    }

    /// How long a command waits at most.
    static let patience: Milliseconds = 2_000

    private var commands: [Command] = []

    var isEmpty: Bool { self.commands.isEmpty }
    var deadline: Milliseconds? { self.commands.first?.deadline }
    var channels: [ChannelName] { self.commands.flatMap(\.channels) }

    mutating func wait(for channels: [ChannelName], ackID: [UInt8]?, acknowledgement: [UInt8], now: Milliseconds) {
        self.commands.append(
            Command(ackID: ackID, acknowledgement: acknowledgement, channels: channels, deadline: now + Self.patience))
    }

    /// The channel is confirmed, or was left.
    /// - Returns: the commands that have waited for nothing else, in their order.
    mutating func settle(_ channel: ChannelName) -> [Command] {
        for index in self.commands.indices { self.commands[index].channels.removeAll { $0 == channel } }
        return self.take { $0.channels.isEmpty }
    }

    /// The commands that have waited long enough, in their order.
    mutating func takeDue(now: Milliseconds) -> [Command] {
        self.take { $0.deadline <= now }
    }

    private mutating func take(where isTaken: (Command) -> Bool) -> [Command] {
        let taken = self.commands.filter(isTaken)
        if !taken.isEmpty { self.commands.removeAll(where: isTaken) }
        return taken
    }
}
