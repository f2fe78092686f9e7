import AccessControl
import Broadcast
import HTTPEdge

/// What the tokens of one connection have admitted, and until when (contract 6). The connect token ends what it admitted, a token that came
/// with a subscribe what it was given for. A value without a clock; times are milliseconds of the loops' clock.
struct TokenGrants: Sendable {
    /// One token's subscriptions. Tokens of subscribes with the same subject and end count as one.
    private struct Grant: Sendable {
        let subject: [UInt8]
        let end: Milliseconds
        /// There was less than the notice left from the start.
        let isShort: Bool
        var isAnnounced = false
        var channels: [ChannelName] = []

        init(_ token: GrantedToken) {
            self.subject = token.claims.subject
            self.end = token.end
            self.isShort = token.end - token.grantedAt < TokenGrants.notice
        }

        var deadline: Milliseconds { self.isAnnounced ? self.end : self.end - TokenGrants.notice }

        func secondsLeft(_ now: Milliseconds) -> Int {
            let left = self.end - now
            // The wheel is some milliseconds late.
            return !self.isShort && left > TokenGrants.notice - 1_000 ? Int(TokenGrants.notice / 1_000) : Int(max(left, 0) / 1_000)
        }
    }

    /// What there is to tell the client.
    struct Report: Equatable {
        /// Whole seconds until the first of the tokens ends that have not been announced before.
        var expiring: Int?
        /// A token has ended: its subscriptions, which have to end too.
        var expired: [ChannelName]?
    }

    enum RefreshFault {
        /// No token of the connection is of this subject.
        case otherSubject
        /// There is no connect token to take the place of, and no subscription that it admits.
        case admitsNothing
    }

    /// Before the end of a token its bearer is told.
    private static let notice: Milliseconds = 30_000

    /// The connect token, while it lives.
    private var connect: (claims: TokenClaims, grant: Grant)?
    /// Of the connect token, also after its end: a refresh may still bring the next one.
    private(set) var connectSubject: [UInt8]?
    private var others: [Grant] = []

    var isEmpty: Bool { self.connectSubject == nil && self.others.isEmpty }

    /// The connect token's claims, if it has not ended.
    func connectClaims(now: Milliseconds) -> TokenClaims? {
        guard let connect = self.connect, now < connect.grant.end else { return nil }
        return connect.claims
    }

    mutating func setConnect(_ token: GrantedToken) {
        self.connect = (token.claims, Grant(token))
        self.connectSubject = token.claims.subject
    }

    /// The connect token admits a subscription.
    mutating func admit(_ channel: ChannelName) {
        self.leave(channel)
        self.connect?.grant.channels.append(channel)
    }

    /// A token of its own admits a subscription.
    mutating func admit(_ channel: ChannelName, by token: GrantedToken) {
        self.leave(channel)
        self.add([channel], to: token)
    }

    /// The subscription has ended.
    mutating func leave(_ channel: ChannelName) {
        self.connect?.grant.channels.removeAll { $0 == channel }
        for index in self.others.indices { self.others[index].channels.removeAll { $0 == channel } }
        self.others.removeAll { $0.channels.isEmpty }
    }

    private mutating func add(_ channels: [ChannelName], to token: GrantedToken) {
        if let index = self.others.firstIndex(where: { $0.end == token.end && $0.subject == token.claims.subject }) {
            self.others[index].channels += channels
        } else {
            var grant = Grant(token)
            grant.channels = channels
            self.others.append(grant)
        }
    }

    /// Puts a token in the place of those of the same subject, for every subscription that it admits. What it does not admit keeps the end
    /// that it has.
    mutating func refresh(_ token: GrantedToken) -> RefreshFault? {
        let subject = token.claims.subject
        guard self.connectSubject == subject || self.others.contains(where: { $0.subject == subject }) else { return .otherSubject }
        var kept: [Grant] = []
        var renewed: [ChannelName] = []
        var old = self.others
        if self.connectSubject == subject, let grant = self.connect?.grant { old.insert(grant, at: 0) }
        for var grant in old {
            if grant.subject == subject {
                renewed += grant.channels.filter { token.claims.admits($0.bytes.span) }
                grant.channels.removeAll { token.claims.admits($0.bytes.span) }
            }
            if !grant.channels.isEmpty { kept.append(grant) }
        }
        guard self.connectSubject == subject || !renewed.isEmpty else { return .admitsNothing }
        self.others = kept
        if self.connectSubject == subject {
            self.setConnect(token)
            self.connect?.grant.channels = renewed
        } else {
            self.add(renewed, to: token)
        }
        return nil
    }

    // MARK: - Time

    /// When `look` has something to say; nil while there is no token.
    var nextDeadline: Milliseconds? {
        var deadline = self.connect?.grant.deadline
        for grant in self.others { deadline = min(deadline ?? grant.deadline, grant.deadline) }
        return deadline
    }

    mutating func look(now: Milliseconds) -> Report {
        var report = Report()
        if var grant = self.connect?.grant {
            Self.look(&grant, now: now, &report)
            self.connect?.grant = grant
            if now >= grant.end { self.connect = nil }
        }
        for index in self.others.indices { Self.look(&self.others[index], now: now, &report) }
        self.others.removeAll { now >= $0.end }
        return report
    }

    private static func look(_ grant: inout Grant, now: Milliseconds, _ report: inout Report) {
        guard now >= grant.deadline else { return }
        if now >= grant.end {
            report.expired = (report.expired ?? []) + grant.channels
        } else {
            grant.isAnnounced = true
            let seconds = grant.secondsLeft(now)
            report.expiring = min(report.expiring ?? seconds, seconds)
        }
    }
}
