package import Broadcast
import EngineIO
import HTTPEdge
package import SocketIO

/// Looking at sockets, and ending one (contract 9, Introspection). Called on the loop, for administrators.
extension RealtimeLoop {
    /// Most channels of one socket that a report names.
    package static let reportedChannels = 100

    /// - Parameter isVisible: which of its channels may be named.
    /// - Returns: nil if it is not on this loop.
    package func report(on socket: SocketIdentifier, where isVisible: (ChannelName) -> Bool = { _ in true }) -> SocketReport? {
        self.sockets[socket].flatMap { self.report(on: $0, where: isVisible) }
    }

    /// Everybody who is connected here.
    package var joinedSessions: [EngineSession] { Array(self.sockets.values) }

    package func joinedSession(_ socket: SocketIdentifier) -> EngineSession? { self.sockets[socket] }

    /// The sockets whose queues wait longest, up to `most`; without their channels.
    package func slowest(most: Int) -> [SocketReport] {
        self.queues.oldest(most: most).compactMap { self.report(on: $0, where: { _ in false }) }
    }

    private func report(on session: EngineSession, where isVisible: (ChannelName) -> Bool) -> SocketReport? {
        guard let socket = session.socket else { return nil }
        let channels = session.subscribedChannels.filter(isVisible)
        return SocketReport(
            socket: socket.identifier, isOnWebSocket: session.webSocket != nil, address: session.address,
            age: self.wheel.now - socket.since, channels: Array(channels.prefix(Self.reportedChannels)),
            channelCount: channels.count, queuedBytes: session.queuedBytes, queueAge: self.queues.age(of: session))
    }

    /// As the reference server's `disconnectSockets(true)`: the client is told that the server wants it gone, so it does not come back by
    /// itself, and its connection is closed.
    /// - Returns: false if the socket is not on this loop.
    package func disconnect(_ socket: SocketIdentifier) -> Bool {
        guard let session = self.sockets[socket] else { return false }
        session.send(text: SocketReply.disconnect(namespace: nil))
        session.close(.forcedClose)
        return true
    }
}

extension EngineSession {
    /// It is a socket of the main namespace now.
    func join(as identifier: SocketIdentifier) {
        self.socket = SocketIdentity(identifier: identifier, since: self.now)
        self.loop.sockets[identifier] = self
        self.note(.connected)
    }

    /// It has left the main namespace, and lives on.
    func leaveNamespace() {
        self.note(.left)
        self.forgetSocket()
    }

    func endSocket(_ reason: CloseReason) {
        guard let socket = self.socket else { return }
        self.loop.journal.noteEnd(
            SocketJournal.Ended(
                socket: socket.identifier, address: self.address, time: self.now, age: self.now - socket.since, reason: reason))
        self.forgetSocket()
    }

    /// On its way to another loop, or over.
    func forgetSocket() {
        guard let socket = self.socket else { return }
        self.socket = nil
        self.loop.sockets[socket.identifier] = nil
    }

    func note(_ event: SocketJournal.Event) {
        guard let socket = self.socket else { return }
        self.loop.journal.note(event, of: socket.identifier, at: self.now)
    }
}
