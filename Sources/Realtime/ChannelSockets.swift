package import Broadcast
package import HTTPEdge
import SocketIO
import WireBytes

/// The product's sockets: they subscribe to channels and leave them, and can do nothing else (contract 1). One a loop.
package final class ChannelSockets: SocketApplication {
    private let shard: LoopShard
    private let maximumChannels: Int
    private let tally: Tally

    package init(shard: LoopShard, maximumChannels: Int, tally: Tally) {
        self.shard = shard
        self.tally = tally
        self.maximumChannels = maximumChannels
    }

    package var acceptsBinary: Bool { false }

    package func hasNamespace(_ namespace: [UInt8]?) -> Bool {
        namespace == nil
    }

    package func connected(_ socket: Socket, auth: [UInt8]?) {}

    package func disconnected(_ socket: Socket) {
        self.shard.unsubscribeAll(socket.session)
    }

    package func received(_ arguments: Span<UInt8>, attachments: [[UInt8]], ackID: [UInt8]?, on socket: Socket) {
        // Events that the server does not know are ignored, without an ack.
        guard let command = ChannelCommand.parse(0..<arguments.count, of: arguments) else { return }
        let outcomes = command.targets.map { target -> ChannelCommand.Outcome in
            switch target {
            case .refused(let channel, let refusal):
                return .refused(channel: channel, refusal)
            case .channel(let name):
                switch command.verb {
                case .subscribe: return self.subscribe(socket.session, to: name)
                case .unsubscribe:
                    self.shard.unsubscribe(socket.session, from: ChannelName(name))
                    return .accepted(channel: name)
                }
            }
        }
        if let ackID {
            socket.acknowledge(ackID, command.acknowledgement(outcomes: outcomes))
        }
    }

    private func subscribe(_ session: EngineSession, to name: [UInt8]) -> ChannelCommand.Outcome {
        let channel = ChannelName(name)
        if session.subscriptionCount >= self.maximumChannels, !self.shard.isSubscribed(session, to: channel) {
            self.tally.refuse("channels")
            return .refused(channel: name, .tooManyChannels)
        }
        self.shard.subscribe(session, to: channel)
        return .accepted(channel: name)
    }
}

@available(*, unavailable) extension ChannelSockets: Sendable {}
