package import Logging
import Synchronization

/// How much is logged, for all loggers of the server; a reload changes it. Read on any thread.
package final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    package init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    package var value: Logger.Level {
        get { self.level.withLock { $0 } }
        set { self.level.withLock { $0 = newValue } }
    }
}
