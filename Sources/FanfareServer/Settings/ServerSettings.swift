import AccessControl
import Broadcast
import EngineIO
package import Logging
import Realtime

/// Everything that can be set, with its default. Frozen before the server starts.
package struct ServerSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 8000
    /// Event loops, one thread each; 1 to `Hub.maximumLoops`.
    package var loops = 1
    package var publishKeys: [String] = []
    /// Open although it can be reached from other machines.
    package var isInsecureOpen = false
    /// Milliseconds.
    package var pingInterval: Int64 = 25_000
    package var pingTimeout: Int64 = 20_000
    package var connectTimeout: Int64 = 45_000
    package var upgradeTimeout: Int64 = 10_000
    /// Origins whose pages may connect; `*` for all.
    package var corsOrigins: [String] = []
    /// Bytes of a body or a WebSocket message.
    package var maximumPayload = 1_000_000
    package var limits = Limits()
    /// Over how long the clients leave when the server stops, in milliseconds.
    package var drainWindow: Int64 = 10_000
    package var logLevel = Logger.Level.info

    package init() {}

    package var listensOnLoopback: Bool {
        HostRule.isLoopback(listenAddress: self.host)
    }

    var access: AccessPolicy {
        AccessPolicy(
            keys: PublishKeys(self.publishKeys),
            origins: OriginPolicy(list: (try? OriginList.parse(self.corsOrigins)) ?? .only([]), isLoopbackListener: self.listensOnLoopback),
            isInsecureOpen: self.isInsecureOpen)
    }

    var realtime: RealtimeSettings {
        var realtime = RealtimeSettings()
        realtime.timings.pingInterval = self.pingInterval
        realtime.timings.pingTimeout = self.pingTimeout
        realtime.timings.upgradeTimeout = self.upgradeTimeout
        realtime.connectTimeout = self.connectTimeout
        realtime.maximumPayload = self.maximumPayload
        self.limits.apply(to: &realtime)
        realtime.loopQueueBytes = (self.limits[.allQueues] ?? MachineLimits.memory / 4) / max(self.loops, 1)
        return realtime
    }

    /// Given before the server listens, and every hour.
    package func warnIfOpen(_ logger: Logger) {
        if self.isInsecureOpen, self.publishKeys.isEmpty {
            logger.warning("everybody who can reach this server can publish: FANFARE_INSECURE_OPEN is set and no publish key is")
        }
    }

    /// Contradictions, one sentence each; the server does not start with any.
    package var faults: [String] {
        var faults: [String] = []
        if !self.listensOnLoopback, self.publishKeys.isEmpty, !self.isInsecureOpen {
            faults.append(
                "\(self.host) can be reached from other machines: set FANFARE_PUBLISH_KEY (or FANFARE_PUBLISH_KEY_FILE) so that only"
                    + " your backend can publish, or FANFARE_INSECURE_OPEN=true to let everybody")
        }
        for entry in self.corsOrigins {
            do {
                _ = try OriginList.parse([entry])
            } catch {
                faults.append("CORS_ORIGIN: \(error.message)")
            }
        }
        if self.drainWindow > 15_000 {
            faults.append("drain-window is \(self.drainWindow) ms: expected at most 15s, so that the server ends within 30 s")
        }
        if !(1...Hub.maximumLoops).contains(self.loops) {
            faults.append("loops is \(self.loops): expected 1 to \(Hub.maximumLoops)")
        }
        return faults
    }
}
