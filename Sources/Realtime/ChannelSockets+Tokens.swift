import AccessControl
import Broadcast
import HTTPEdge
import SocketIO
import WireBytes

/// Tokens: at CONNECT, with a `subscribe`, in a `fanfare:refresh`, and their ends (contract 6).
extension ChannelSockets {
    /// The bearer is not told why.
    private static let refusal = SocketAdmission.refused(message: "token refused", data: Array(#"{"code":"token_invalid"}"#.utf8))

    // MARK: - CONNECT

    /// Without a token key there is nothing that a token could be measured by: then it does not count.
    package func admit(_ socket: Socket, auth: [UInt8]?) -> SocketAdmission {
        guard let judge = self.tokens, let auth, let presented = PresentedToken.member(of: auth.span) else { return .admitted }
        guard case .text(let token) = presented else {
            self.tally.refuse(TokenFault.missing.label)
            return Self.refusal
        }
        let namespace = socket.namespace
        let verdicts = socket.connection.verify([token], by: judge) { connection, verdicts in
            guard let sockets = connection.application as? ChannelSockets else { return }
            let socket = Socket(connection: connection, namespace: namespace)
            connection.conclude(sockets.admission(judge, verdicts, socket), namespace, auth: auth)
        }
        return verdicts.map { self.admission(judge, $0, socket) } ?? .later
    }

    private func admission(_ judge: TokenJudge, _ verdicts: [TokenVerdict], _ socket: Socket) -> SocketAdmission {
        switch judge.decide(verdicts.first ?? .busy, now: socket.session.now) {
        case .granted(let token):
            socket.connection.tokens?.content.grants.setConnect(token)
            return .admitted
        case .refused(let fault):
            self.tally.refuse(fault.label)
            return Self.refusal
        case .busy:
            self.tally.refuse("token_busy")
            return .busy
        }
    }

    // MARK: - subscribe

    /// The tokens of a command that decide about a channel, each once. Not more than there can be subscriptions.
    func decisiveTokens(of command: ChannelCommand) -> [[UInt8]] {
        guard command.verb == .subscribe, self.tokens != nil, self.rules.wantsTokens else { return [] }
        var tokens: [[UInt8]] = []
        var seen: Set<[UInt8]> = []
        for case .channel(let name, .text(let token)?) in command.targets where self.rules.requiresToken(name.span) {
            guard tokens.count < self.maximumChannels, seen.insert(token).inserted else { continue }
            tokens.append(token)
        }
        return tokens
    }

    /// What lets a client subscribe.
    enum Admission {
        /// The channel is open.
        case open
        case connectToken
        case token(GrantedToken)
        case refused(ChannelRefusal)
    }

    /// - Parameter verdicts: of the command's decisive tokens.
    func admission(_ socket: Socket, to name: [UInt8], token: PresentedToken?, verdicts: [[UInt8]: TokenVerdict]) -> Admission {
        guard let judge = self.tokens else {
            if token != nil { return .refused(.unsupported) }
            return self.rules.requiresToken(name.span) ? .refused(.unavailable) : .open
        }
        guard self.rules.requiresToken(name.span) else { return .open }
        let now = socket.session.now
        switch token {
        case nil:
            guard let grants = socket.connection.tokens?.content.grants, grants.connectSubject != nil else {
                self.tally.refuse("token_required")
                return .refused(.tokenRequired)
            }
            guard let claims = grants.connectClaims(now: now) else {
                self.tally.refuse(TokenFault.expired.label)
                return .refused(.tokenInvalid)
            }
            return claims.admits(name.span) ? .connectToken : self.forbid()
        case .malformed:
            self.tally.refuse(TokenFault.missing.label)
            return .refused(.tokenInvalid)
        case .text(let text):
            guard let verdict = verdicts[text] else { return .refused(.tooManyChannels) }
            switch judge.decide(verdict, now: now) {
            case .granted(let token):
                return token.claims.admits(name.span) ? .token(token) : self.forbid()
            case .refused(let fault):
                self.tally.refuse(fault.label)
                return .refused(.tokenInvalid)
            case .busy:
                self.tally.refuse("token_busy")
                return .refused(.unavailable)
            }
        }
    }

    private func forbid() -> Admission {
        self.tally.refuse("forbidden")
        return .refused(.forbidden)
    }

    // MARK: - fanfare:refresh

    func refresh(_ presented: PresentedToken, ackID: [UInt8]?, on socket: Socket) {
        guard let judge = self.tokens else { return }
        guard case .text(let token) = presented else {
            self.tally.refuse(TokenFault.missing.label)
            return Self.answer(.tokenInvalid, to: ackID, on: socket)
        }
        guard let grants = socket.connection.tokens?.content.grants, !grants.isEmpty else {
            return Self.answer(.otherSubject, to: ackID, on: socket)
        }
        let namespace = socket.namespace
        let verdicts = socket.connection.verify([token], by: judge) { connection, verdicts in
            guard let sockets = connection.application as? ChannelSockets else { return }
            sockets.refresh(judge, verdicts, ackID: ackID, on: Socket(connection: connection, namespace: namespace))
        }
        if let verdicts { self.refresh(judge, verdicts, ackID: ackID, on: socket) }
    }

    private func refresh(_ judge: TokenJudge, _ verdicts: [TokenVerdict], ackID: [UInt8]?, on socket: Socket) {
        var refusal: ChannelRefusal?
        switch judge.decide(verdicts.first ?? .busy, now: socket.session.now) {
        case .granted(let token):
            switch socket.connection.tokens?.content.grants.refresh(token) {
            case nil: break
            case .otherSubject: refusal = .otherSubject
            case .admitsNothing: refusal = .forbidden
            }
        case .refused(let fault):
            self.tally.refuse(fault.label)
            refusal = .tokenInvalid
        case .busy:
            self.tally.refuse("token_busy")
            refusal = .unavailable
        }
        Self.answer(refusal, to: ackID, on: socket)
        self.tokensDue(on: socket)
    }

    private static func answer(_ refusal: ChannelRefusal?, to ackID: [UInt8]?, on socket: Socket) {
        if let ackID { socket.acknowledge(ackID, ServerEvent.refreshed(refusal)) }
    }

    // MARK: - The end

    /// Says what there is to say about the connection's tokens, ends what has ended with them, and sees to it that this is called again in
    /// time.
    package func tokensDue(on socket: Socket) {
        guard let report = socket.connection.tokens?.content.grants.look(now: socket.session.now) else { return }
        if let seconds = report.expiring { socket.emit(ServerEvent.expiring(inSeconds: seconds)) }
        if let channels = report.expired {
            for channel in channels where self.shard.unsubscribe(socket.session, from: channel) {
                socket.session.note(.unsubscribed(channel))
            }
            socket.emit(ServerEvent.expired(channels: channels.map(\.bytes)))
        }
        socket.session.scheduleDeadline()
    }
}
