import AccessControl
import Backplane
import Broadcast
import HTTPEdge
import NIOCore
import Realtime
import Tokens
import TransportSecurity

/// Other settings for a running server (contract 8): keys, origins, rules, token keys and limits. Connections stay; what was judged stays
/// judged.
extension FanfareServer {
    /// What cannot change while the server runs is not looked at.
    /// - Throws: `StartFault`; then nothing has changed.
    package func reload(_ settings: ServerSettings) async throws {
        guard settings.faults.isEmpty else { throw StartFault(.configuration, settings.faults.joined(separator: "\n")) }
        let keys = try await Self.keys(settings, logger: self.logger)
        let tls: ServerTLS?
        do {
            tls = try settings.tls.load()
        } catch {
            throw StartFault(.configuration, error.message)
        }
        let judge = Self.judge(self.tokens, keys)
        self.tokens.replace(keys: keys)
        self.hub.apply(settings.limits.hub)
        self.backplane?.apply(
            maximumInFlight: settings.limits[.inFlightMessages] ?? 1_000, maximumDepth: settings.limits[.jsonDepth] ?? 64)
        self.gate.apply(maximum: Self.maximumConnections(settings), maximumPerAddress: settings.limits[.connectionsPerAddress])
        var running = self.settings
        running.limits = settings.limits
        let realtime = running.realtime
        let http = running.limits.http(maximumPayload: running.maximumPayload)
        let depth = running.limits[.jsonDepth] ?? 64
        let (access, proxies, rules) = (settings.access, settings.proxies, settings.channelRules)
        let logsRequests = settings.logsRequests
        for context in self.contexts {
            try await context.eventLoop.submit {
                context.value.apply(access: access, proxies: proxies, tokens: judge, rules: rules)
                context.value.tls = tls
                context.value.logRequests(logsRequests)
                context.value.apply(http: http, realtime: realtime, maximumDepth: depth)
            }.get()
        }
    }
}
