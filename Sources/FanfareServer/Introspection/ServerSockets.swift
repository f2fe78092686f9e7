import AccessControl
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime
import SocketIO

/// The sockets of a whole server, for `/sockets/{id}`. Used from every thread.
final class ServerSockets: Sendable {
    /// A session that is on its way from one loop to another is on neither; after a turn of both it has arrived.
    private static let attempts = 2

    private let loops: ServerLoops
    private let audit: AuditLog

    init(loops: ServerLoops, audit: AuditLog) {
        self.loops = loops
        self.audit = audit
    }

    /// - Parameter id: as a client was told it.
    /// - Returns: nil if nothing is known of such a socket.
    func describe(_ id: [UInt8], for key: AccessKey?) async -> [UInt8]? {
        guard let socket = SocketIdentifier(parsing: id.span) else { return nil }
        for _ in 0..<Self.attempts {
            let stories = await self.loops.ask { context in
                (SocketStory(of: socket, on: context.realtime, for: key), context.realtime.wheel.now)
            }
            var story = SocketStory(of: socket)
            for (part, _) in stories { story.add(part) }
            if let now = stories.map(\.1).max(), !story.isUnknown { return story.json(now: now) }
        }
        return nil
    }

    /// - Returns: false if there is no such socket.
    func disconnect(_ id: [UInt8], by order: SocketsEndpoint.Order) async -> Bool {
        guard let socket = SocketIdentifier(parsing: id.span) else { return false }
        for _ in 0..<Self.attempts {
            guard await self.loops.ask({ $0.realtime.disconnect(socket) }).contains(true) else { continue }
            self.audit.disconnected(String(decoding: id, as: UTF8.self), by: order)
            return true
        }
        return false
    }
}
