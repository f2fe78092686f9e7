import Backplane
import Logging

/// What an operator is told of the backplane. Called on its thread.
struct BackplaneLog: Sendable {
    let logger: Logger

    @Sendable func note(_ note: BackplaneNote) {
        switch note {
        case .up: self.logger.notice("backplane up")
        case .down(let reason): self.logger.warning("backplane down", metadata: ["reason": "\(reason)"])
        case .refused(let reason): self.logger.warning("Redis refuses what is published", metadata: ["reason": "\(reason)"])
        case .pickle:
            self.logger.warning("python-socketio up to 5.13 publishes pickles, which are not read: update it to 5.14 or later")
        case .otherVersion(let version):
            self.logger.warning("a node of another version publishes to the same Redis", metadata: ["version": "\(version)"])
        }
    }
}
