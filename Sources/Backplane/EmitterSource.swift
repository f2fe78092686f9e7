/// Publishers that people already have and that write to Redis themselves (contract 10): `socket.io-redis`, `socket.io-emitter`,
/// `python-socketio` or `flask-socketio`, and behind a colon the name that they use there if it is not their library's own.
package struct EmitterSource: Equatable, Sendable {
    package enum Dialect: Equatable, Sendable {
        /// `@socket.io/redis-emitter` and its ports (protocol.md 5.1).
        case redisEmitter
        /// Old ports of it, on `<key>#emitter`. Some write to both: then only one of the two may be listened to.
        case legacyEmitter
        /// python-socketio's `RedisManager(write_only=True)` (protocol.md 5.2).
        case pythonSocketIO
    }

    package let dialect: Dialect
    /// The prefix of Redis channels, for python-socketio the Redis channel.
    package let key: [UInt8]

    /// Nil for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let standard: String
        switch parts.first {
        case "socket.io-redis": (self.dialect, standard) = (.redisEmitter, "socket.io")
        case "socket.io-emitter": (self.dialect, standard) = (.legacyEmitter, "socket.io")
        case "python-socketio": (self.dialect, standard) = (.pythonSocketIO, "socketio")
        case "flask-socketio": (self.dialect, standard) = (.pythonSocketIO, "flask-socketio")
        default: return nil
        }
        let key = parts.count > 1 ? parts[1] : standard
        // In a pattern of Redis these would mean something.
        guard !key.isEmpty, !key.contains(where: { "*?[]\\".contains($0) }) else { return nil }
        self.key = Array(key.utf8)
    }

    /// What to subscribe to; a pattern for the first.
    var redisChannel: (name: [UInt8], isPattern: Bool) {
        switch self.dialect {
        case .redisEmitter: (self.key + Array("#/#*".utf8), true)
        case .legacyEmitter: (self.key + Array("#emitter".utf8), false)
        case .pythonSocketIO: (self.key, false)
        }
    }
}
