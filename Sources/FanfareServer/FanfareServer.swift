import AccessControl
import Backplane
import Broadcast
import HTTPEdge
package import Logging
package import NIOCore
import NIOPosix
import Realtime
package import Telemetry
import Tokens

/// A running server: event loops, one hub over them, one listener a loop.
package final class FanfareServer: Sendable {
    /// As it started; what a reload has changed since is with the loops.
    package let settings: ServerSettings
    let logger: Logger
    let hub: Hub
    let gate: ConnectionGate
    let contexts: [NIOLoopBound<LoopContext>]
    let listener: HTTPListener
    private let audit: AuditLog
    private let requests: RequestLog
    private let loops: ServerLoops
    /// Nil for a server that is alone.
    let backplane: Backplane?
    private let console: ServerConsole
    let tokens: JSONWebTokens
    private let group: MultiThreadedEventLoopGroup
    private let reporter: Task<Void, Never>

    package var localAddress: SocketAddress { self.listener.localAddress }
    /// Connections that it takes at the same time.
    package var maximumConnections: Int { self.gate.maximum }

    /// Starts listening.
    /// - Parameters:
    ///   - libraries: what `/metrics` says of the packages beneath.
    ///   - configuration: what the console shows of it.
    /// - Throws: `StartFault`.
    package static func start(
        _ settings: ServerSettings, logger: Logger, libraries: LibraryMetrics? = nil, configuration: [SettingRow] = []
    ) async throws -> FanfareServer {
        guard settings.faults.isEmpty else { throw StartFault(.configuration, settings.faults.joined(separator: "\n")) }
        for name in settings.access.keys.shortNames {
            logger.warning(
                "a key is so short that it can be guessed: make it of 32 random bytes",
                metadata: ["key": "\(name)", "advised_bytes": "\(AccessKey.advisedByteCount)"])
        }
        let keys = try await Self.keys(settings, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.loops)
        do {
            return try await FanfareServer(
                settings: settings, keys: keys, logger: logger, libraries: libraries, configuration: configuration, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw Self.startFault(error, settings: settings)
        }
    }

    private init(
        settings: ServerSettings, keys: TokenKeys, logger: Logger, libraries: LibraryMetrics?, configuration: [SettingRow],
        group: MultiThreadedEventLoopGroup
    ) async throws {
        let loops = Array(group.makeIterator())
        let backplane = try settings.redis.backplane(settings).map { Backplane($0, note: BackplaneLog(logger: logger).note) }
        let hub = Hub(loops: loops, limits: settings.limits.hub, bus: backplane)
        let directory = RealtimeDirectory(loops: loops, node: backplane?.mark)
        let gate = ConnectionGate(
            maximum: Self.maximumConnections(settings), maximumPerAddress: settings.limits[.connectionsPerAddress])
        let audit = AuditLog(logger: logger)
        let requests = RequestLog(logger: logger)
        // As many threads again would take the processors from the event loops.
        let tokens = JSONWebTokens(keys: keys, workers: settings.loops / 2)
        let judge = Self.judge(tokens, keys)
        let tls = try settings.tls.load()
        let all = ServerLoops()
        let metrics = ServerMetrics(loops: all, hub: hub, gate: gate, libraries: libraries, backplane: backplane)
        let console = ServerConsole(loops: all, metrics: metrics, hub: hub, configuration: configuration)
        let questions = ServerQuestions(
            metrics: metrics, cluster: Cluster(hub: hub, sockets: ServerSockets(loops: all, audit: audit), backplane: backplane),
            console: console)
        var contexts: [NIOLoopBound<LoopContext>] = []
        for (index, loop) in loops.enumerated() {
            contexts.append(
                try await loop.submit {
                    let context = LoopContext(
                        hub: hub, directory: directory, gate: gate, audit: audit, index: index, eventLoop: loop, settings: settings,
                        tokens: judge, tls: tls, questions: questions, requests: requests, backplane: backplane)
                    return NIOLoopBound(context, eventLoop: loop)
                }.get())
        }
        all.attach(contexts)
        backplane?.start(hub) { await questions.cluster.answer($0) }
        let contextsByLoop = Dictionary(uniqueKeysWithValues: zip(loops.map { ObjectIdentifier($0) }, contexts))
        self.listener = try await HTTPListener.bind(host: settings.host, port: settings.port, loops: loops) { channel in
            try contextsByLoop[ObjectIdentifier(channel.eventLoop)]?.value.configure(channel)
        }
        self.settings = settings
        self.logger = logger
        self.hub = hub
        self.gate = gate
        self.audit = audit
        self.requests = requests
        self.loops = all
        self.console = console
        self.group = group
        self.contexts = contexts
        self.backplane = backplane
        self.tokens = tokens
        self.reporter = Task {
            var report = RefusalReport()
            var look = 0
            while (try? await Task.sleep(for: .seconds(10))) != nil {
                look += 1
                if look % 360 == 0 { settings.warnIfOpen(logger) }
                report.log(await Self.counts(contexts), to: logger)
                audit.report(await Self.refusals(contexts))
                requests.report()
            }
        }
    }

    /// What is set, or what the descriptors allow.
    static func maximumConnections(_ settings: ServerSettings) -> Int {
        let descriptors = MachineLimits.raiseDescriptorLimit() - MachineLimits.reservedDescriptors - ConnectionGate.surplus
        return min(settings.limits[.connections] ?? .max, max(descriptors, 16))
    }

    private static func startFault(_ error: any Error, settings: ServerSettings) -> StartFault {
        switch error {
        case let fault as StartFault:
            fault
        case HTTPListenerError.addressInUse:
            StartFault(
                .unavailable, "port \(settings.port) on \(settings.host) is taken: stop what listens there, or choose another with --port")
        case HTTPListenerError.addressNotAvailable:
            StartFault(
                .unavailable, "cannot listen on \(settings.host): it is none of this machine's addresses; 0.0.0.0 or :: is all of them")
        default:
            StartFault(.unavailable, "cannot listen on \(settings.host):\(settings.port): \(error)")
        }
    }

    /// What all loops have refused and cut, as `refused reason` and `cut reason`.
    private static func counts(_ contexts: [NIOLoopBound<LoopContext>]) async -> [String: Int] {
        var sums: [String: Int] = [:]
        for context in contexts {
            let counts = try? await context.eventLoop.submit {
                let tally = context.value.http.tally
                return (tally.refused, tally.cut)
            }.get()
            for (reason, count) in counts?.0 ?? [:] { sums["refused " + reason, default: 0] += count }
            for (reason, count) in counts?.1 ?? [:] { sums["cut " + reason, default: 0] += count }
        }
        return sums
    }

    /// Who was refused on all loops since the last call.
    private static func refusals(_ contexts: [NIOLoopBound<LoopContext>]) async -> [RefusalLedger] {
        var ledgers: [RefusalLedger] = []
        for context in contexts {
            if let ledger = try? await context.eventLoop.submit({ context.value.takeRefusals() }).get() { ledgers.append(ledger) }
        }
        return ledgers
    }

    /// What the console shows of the configuration from now on.
    package func show(_ configuration: [SettingRow]) {
        self.console.show(configuration)
    }

    /// Ends the event loops with everything on them. `drain` comes before.
    package func stop() async throws {
        self.reporter.cancel()
        var report = RefusalReport()
        report.log(await Self.counts(self.contexts), to: self.logger)
        self.audit.report(await Self.refusals(self.contexts))
        await self.audit.end()
        await self.requests.end()
        await self.listener.close()
        await self.backplane?.stop()
        self.loops.detach()
        var movedSessions = 0
        for context in self.contexts {
            movedSessions += try await context.eventLoop.submit { context.value.realtime.movedSessions }.get()
        }
        try await self.group.shutdownGracefully()
        self.logger.info("stopped", metadata: ["sessions_moved": "\(movedSessions)"])
    }
}
