package import AccessControl
package import Broadcast
package import HTTPEdge
import SocketIO
import WireBytes

/// The product's sockets: they subscribe to channels and leave them, and can do nothing else (contract 1). One a loop.
package final class ChannelSockets: SocketApplication {
    let shard: LoopShard
    /// Of a connection; those that have more keep them.
    package var maximumChannels: Int
    let tally: Tally
    /// There while a token key is configured.
    private(set) var tokens: TokenJudge?
    private(set) var rules: ChannelRules

    /// - Parameters:
    ///   - tokens: nil if no token key is configured; then no rule may want tokens.
    ///   - rules: which channels want one.
    package init(shard: LoopShard, maximumChannels: Int, tally: Tally, tokens: TokenJudge? = nil, rules: ChannelRules = ChannelRules()) {
        self.shard = shard
        self.tally = tally
        self.maximumChannels = maximumChannels
        self.tokens = tokens
        self.rules = rules
    }

    /// From now on these count, for every later CONNECT, subscribe and refresh. What was admitted stays as it was admitted.
    package func apply(tokens: TokenJudge?, rules: ChannelRules) {
        self.tokens = tokens
        self.rules = rules
    }

    package var acceptsBinary: Bool { false }

    package func hasNamespace(_ namespace: [UInt8]?) -> Bool {
        namespace == nil
    }

    package func connected(_ socket: Socket, auth: [UInt8]?) {
        if socket.connection.tokens != nil { self.tokensDue(on: socket) }
    }

    package func disconnected(_ socket: Socket) {
        self.shard.unsubscribeAll(socket.session)
        socket.connection.tokens?.content.grants = TokenGrants()
        socket.connection.awaited = nil
    }

    package func received(_ arguments: Span<UInt8>, attachments: [[UInt8]], ackID: [UInt8]?, on socket: Socket) {
        guard let command = ChannelCommand.parse(0..<arguments.count, of: arguments) else {
            // Events that the server does not know are ignored, without an ack; this one it knows only with token keys.
            guard self.tokens != nil, let token = PresentedToken.refresh(0..<arguments.count, of: arguments) else { return }
            return self.refresh(token, ackID: ackID, on: socket)
        }
        let tokens = self.decisiveTokens(of: command)
        guard !tokens.isEmpty, let judge = self.tokens else { return self.perform(command, verdicts: [:], ackID: ackID, on: socket) }
        let namespace = socket.namespace
        let verdicts = socket.connection.verify(tokens, by: judge) { connection, verdicts in
            let socket = Socket(connection: connection, namespace: namespace)
            (connection.application as? ChannelSockets)?.perform(command, verdicts: Self.table(tokens, verdicts), ackID: ackID, on: socket)
        }
        if let verdicts { self.perform(command, verdicts: Self.table(tokens, verdicts), ackID: ackID, on: socket) }
    }

    private static func table(_ tokens: [[UInt8]], _ verdicts: [TokenVerdict]) -> [[UInt8]: TokenVerdict] {
        Dictionary(zip(tokens, verdicts)) { first, _ in first }
    }

    private func perform(_ command: ChannelCommand, verdicts: [[UInt8]: TokenVerdict], ackID: [UInt8]?, on socket: Socket) {
        let outcomes = command.targets.map { target -> ChannelCommand.Outcome in
            switch target {
            case .refused(let channel, let refusal):
                if command.verb == .subscribe { socket.session.note(.subscriptionRefused(refusal)) }
                return .refused(channel: channel, refusal)
            case .channel(let name, let token):
                switch command.verb {
                case .subscribe:
                    return self.subscribe(socket, to: name, as: self.admission(socket, to: name, token: token, verdicts: verdicts))
                case .unsubscribe:
                    let channel = ChannelName(name)
                    if self.shard.unsubscribe(socket.session, from: channel) { socket.session.note(.unsubscribed(channel)) }
                    socket.connection.settle(channel)
                    socket.connection.tokens?.content.grants.leave(channel)
                    return .accepted(channel: name)
                }
            }
        }
        let unconfirmed = self.unconfirmed(command.verb, outcomes)
        if !unconfirmed.isEmpty {
            socket.connection.acknowledge(command.acknowledgement(outcomes: outcomes), to: ackID, after: unconfirmed)
        } else if let ackID {
            socket.acknowledge(ackID, command.acknowledgement(outcomes: outcomes))
        }
        if socket.connection.tokens != nil { self.tokensDue(on: socket) }
    }

    /// The channels whose messages from other nodes do not arrive yet.
    private func unconfirmed(_ verb: ChannelCommand.Verb, _ outcomes: [ChannelCommand.Outcome]) -> [ChannelName] {
        guard self.shard.hub.bus != nil, verb == .subscribe else { return [] }
        return outcomes.compactMap { outcome in
            guard case .accepted(let name) = outcome else { return nil }
            let channel = ChannelName(name)
            return self.shard.hub.isConfirmed(channel) ? nil : channel
        }
    }

    private func subscribe(_ socket: Socket, to name: [UInt8], as admission: Admission) -> ChannelCommand.Outcome {
        if case .refused(let refusal) = admission {
            socket.session.note(.subscriptionRefused(refusal))
            return .refused(channel: name, refusal)
        }
        let channel = ChannelName(name)
        if socket.session.subscriptionCount >= self.maximumChannels, !self.shard.isSubscribed(socket.session, to: channel) {
            self.tally.refuse("channels")
            socket.session.note(.subscriptionRefused(.tooManyChannels))
            return .refused(channel: name, .tooManyChannels)
        }
        if self.shard.subscribe(socket.session, to: channel) { socket.session.note(.subscribed(channel)) }
        switch admission {
        case .connectToken: socket.connection.tokens?.content.grants.admit(channel)
        case .token(let token): socket.connection.tokens?.content.grants.admit(channel, by: token)
        case .open, .refused: break
        }
        return .accepted(channel: name)
    }
}

@available(*, unavailable) extension ChannelSockets: Sendable {}
