package import Broadcast
import EngineIO
import NIOCore
import SocketIO

/// Acknowledgements that wait for the bus (contract 10). Only the main namespace has channels.
extension SocketIOConnection {
    /// Acknowledges a command when its channels are confirmed, or when it has waited long enough.
    func acknowledge(_ acknowledgement: [UInt8], to ackID: [UInt8]?, after channels: [ChannelName]) {
        var awaited = self.awaited ?? AwaitedChannels()
        awaited.wait(for: channels, ackID: ackID, acknowledgement: acknowledgement, now: self.session.now)
        self.awaited = awaited
        self.session.scheduleDeadline()
    }

    /// The channel is confirmed, or was left.
    func settle(_ channel: ChannelName) {
        guard var awaited = self.awaited else { return }
        let commands = awaited.settle(channel)
        self.awaited = awaited.isEmpty ? nil : awaited
        for command in commands { self.acknowledge(command) }
    }

    /// What has waited for too long is acknowledged, and the client is told what it may miss.
    func acknowledgeDue() {
        guard var awaited = self.awaited else { return }
        let commands = awaited.takeDue(now: self.session.now)
        self.awaited = awaited.isEmpty ? nil : awaited
        let socket = Socket(connection: self, namespace: nil)
        for command in commands {
            self.acknowledge(command)
            for channel in command.channels { socket.emit(ServerEvent.gap(channel: channel.bytes)) }
        }
    }

    private func acknowledge(_ command: AwaitedChannels.Command) {
        guard let ackID = command.ackID else { return }
        Socket(connection: self, namespace: nil).acknowledge(ackID, command.acknowledgement)
    }

    /// The session has come from another loop, which a confirmation may have reached after it had left.
    func askForConfirmationsLater(on loop: RealtimeLoop, for identifier: SessionIdentifier) {
        loop.shard.eventLoop.assumeIsolated().execute {
            guard let connection = loop.session(identifier)?.application as? SocketIOConnection else { return }
            for channel in connection.awaited?.channels ?? [] where loop.shard.hub.isConfirmed(channel) { connection.settle(channel) }
        }
    }
}

extension EngineSession {
    /// The messages of all nodes reach the channel's subscribers from now on.
    package func channelConfirmed(_ channel: ChannelName) {
        (self.application as? SocketIOConnection)?.settle(channel)
    }
}
