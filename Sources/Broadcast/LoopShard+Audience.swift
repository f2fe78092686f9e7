/// Messages for an audience. They have no place in a channel's order: each loop delivers them between the messages before and behind them in
/// its mailbox. A subscriber that changes loops just then may miss one.
extension LoopShard {
    /// Called in a drain, when everything before it was fanned out.
    func deliver(_ post: Mailbox.Post, to audience: Audience) {
        var receivers: [ObjectIdentifier: Subscriber] = [:]
        if let channels = audience.channels {
            for name in channels {
                for member in self.channels[name]?.members ?? [] { receivers[ObjectIdentifier(member.subscriber)] = member.subscriber }
            }
        } else {
            for subscriber in self.sockets.everybody() { receivers[ObjectIdentifier(subscriber)] = subscriber }
        }
        for name in audience.except {
            for member in self.channels[name]?.members ?? [] { receivers[ObjectIdentifier(member.subscriber)] = nil }
        }
        for name in audience.exceptSockets {
            if let subscriber = self.sockets.socket(name) { receivers[ObjectIdentifier(subscriber)] = nil }
        }
        guard !receivers.isEmpty else { return }
        self.fanOut(post, to: receivers.values)
    }
}
