import AccessControl
import Broadcast
import EngineIO
import HTTPEdge
package import Logging
import Realtime

/// Everything that can be set, with its default. Frozen before the server starts.
package struct ServerSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 8000
    /// Event loops, one thread each; 1 to `Hub.maximumLoops`.
    package var loops = 1
    package var keys: [KeySettings] = []
    /// Open although it can be reached from other machines.
    package var isInsecureOpen = false
    /// Milliseconds.
    package var pingInterval: Int64 = 25_000
    package var pingTimeout: Int64 = 20_000
    package var connectTimeout: Int64 = 45_000
    package var upgradeTimeout: Int64 = 10_000
    /// Origins whose pages may connect; `*` for all.
    package var corsOrigins: [String] = []
    /// Nil: on for a list of origins, off for `*`.
    package var corsCredentials: Bool?
    /// Bytes of a body or a WebSocket message.
    package var maximumPayload = 1_000_000
    package var limits = Limits()
    /// Keys for subscribers' tokens; without any a client's token does not count.
    package var tokens = TokenSettings()
    /// Which channels want a token: the first that matches. A channel that none matches is open.
    package var rules: [ChannelRuleSettings] = []
    package var tls = TLSSettings()
    /// The other nodes; by default there are none.
    package var redis = RedisSettings()
    /// The proxies whose `X-Forwarded-*` headers are believed.
    private var proxyBlocks: [AddressBlock] = []
    /// Over how long the clients leave when the server stops, in milliseconds.
    package var drainWindow: Int64 = 10_000
    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.logfmt

    package init() {}

    package var listensOnLoopback: Bool {
        HostRule.isLoopback(listenAddress: self.host)
    }

    var access: AccessPolicy {
        AccessPolicy(
            keys: AccessKeys(self.keys.map(\.accessKey)),
            origins: OriginPolicy(
                list: (try? OriginList.parse(self.corsOrigins)) ?? .only([]), isLoopbackListener: self.listensOnLoopback,
                credentials: self.corsCredentials),
            isInsecureOpen: self.isInsecureOpen)
    }

    var logsRequests: Bool { self.logLevel <= .debug }

    var proxies: ProxyList { ProxyList(self.proxyBlocks) }

    /// - Parameter text: an address, or a block such as `10.0.0.0/8`.
    /// - Returns: false if it is neither.
    package mutating func addProxy(_ text: String) -> Bool {
        guard let block = AddressBlock(parsing: text) else { return false }
        self.proxyBlocks.append(block)
        return true
    }

    var channelRules: ChannelRules {
        ChannelRules(self.rules.compactMap { try? $0.rule() })
    }

    var realtime: RealtimeSettings {
        var realtime = RealtimeSettings()
        realtime.timings.pingInterval = self.pingInterval
        realtime.timings.pingTimeout = self.pingTimeout
        realtime.timings.upgradeTimeout = self.upgradeTimeout
        realtime.connectTimeout = self.connectTimeout
        realtime.maximumPayload = self.maximumPayload
        self.limits.apply(to: &realtime)
        realtime.maximumPollingSessions = FanfareServer.maximumConnections(self)
        realtime.loopQueueBytes = (self.limits[.allQueues] ?? MachineLimits.memory / 4) / max(self.loops, 1)
        return realtime
    }

    /// Given before the server listens, and every hour.
    package func warnIfOpen(_ logger: Logger) {
        if self.isInsecureOpen, self.keys.isEmpty {
            logger.warning("everybody who can reach this server can publish: FANFARE_INSECURE_OPEN is set and no publish key is")
        }
    }

    /// Contradictions, one sentence each; the server does not start with any.
    package var faults: [String] {
        var faults: [String] = []
        if !self.listensOnLoopback, !self.isInsecureOpen, !self.keys.contains(where: { $0.may.contains("publish") }) {
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
        if let list = try? OriginList.parse(self.corsOrigins),
            let fault = OriginPolicy.contradiction(list: list, credentials: self.corsCredentials)
        {
            faults.append(fault)
        }
        self.keyFaults(&faults)
        faults += self.redis.faults
        if self.tls.isOn, self.tls.certificatePath == nil || self.tls.keyPath == nil {
            faults.append("TLS needs both: set tls-certificate and tls-key, or neither")
        }
        for rule in self.rules {
            do {
                _ = try rule.rule()
            } catch {
                faults.append("the channel rule \"\(rule.match)\": \(error.message)")
            }
        }
        if self.tokens.isEmpty, self.rules.contains(where: { $0.subscribe == .token }) {
            faults.append(
                "a channel rule wants tokens and there is no key to check them with: set FANFARE_TOKEN_SECRET (or"
                    + " FANFARE_TOKEN_SECRET_FILE), FANFARE_JWKS, or tokens in the file")
        }
        if self.drainWindow > 15_000 {
            faults.append("drain-window is \(self.drainWindow) ms: expected at most 15s, so that the server ends within 30 s")
        }
        if !(1...Hub.maximumLoops).contains(self.loops) {
            faults.append("loops is \(self.loops): expected 1 to \(Hub.maximumLoops)")
        }
        return faults
    }

    private func keyFaults(_ faults: inout [String]) {
        for (index, key) in self.keys.enumerated() {
            if key.secret.allSatisfy(\.isWhitespace) { faults.append("keys.\(key.name).secret is blank") }
            if key.may.isEmpty { faults.append("keys.\(key.name).may is empty: expected some of publish, read and admin") }
            for word in key.may where Permission(rawValue: word) == nil {
                faults.append("keys.\(key.name).may has \"\(word)\": expected publish, read or admin")
            }
            for pattern in key.channels {
                do {
                    _ = try ChannelPattern(compiling: Array(pattern.utf8).span)
                } catch {
                    faults.append("keys.\(key.name).channels has \"\(pattern)\": \(error.message)")
                }
            }
            if self.keys[..<index].contains(where: { $0.name == key.name }) { faults.append("there are two keys named \(key.name)") }
        }
        if let (one, other) = AccessKeys(self.keys.map(\.accessKey)).equalPair {
            faults.append("the keys \(one) and \(other) have the same secret")
        }
    }
}
