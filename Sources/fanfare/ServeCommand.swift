import ArgumentParser
import FanfareServer
import Foundation
import Logging
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve (the default command).",
        discussion: """
            Without any option it listens on 127.0.0.1:8000 and is open to this machine only. On any other address it needs
            FANFARE_PUBLISH_KEY (or FANFARE_PUBLISH_KEY_FILE), or FANFARE_INSECURE_OPEN=true.
            Every option can also be set as FANFARE_ and its name in capitals: FANFARE_PING_INTERVAL=10s.

            EXAMPLES
              fanfare
              fanfare --port 9000 --log-level debug
              FANFARE_PUBLISH_KEY=$(openssl rand -hex 32) fanfare --host 0.0.0.0
            """)

    @Option(help: "Address to listen on.")
    var host: String?

    @Option(help: "Port to listen on; 0 takes any free one and prints it.")
    var port: PortArgument?

    @Option(help: "Event loops, one thread each (default: one a core).")
    var loops: LoopsArgument?

    @Option(help: "From the handshake, and from each pong, to the next ping (default: 25s).")
    var pingInterval: DurationArgument?

    @Option(help: "How long a client may take to answer a ping (default: 20s).")
    var pingTimeout: DurationArgument?

    @Option(help: "How long a client may take from the handshake to its CONNECT (default: 45s).")
    var connectTimeout: DurationArgument?

    @Option(help: "How long a WebSocket may take to take over from long-polling (default: 10s).")
    var upgradeTimeout: DurationArgument?

    @Option(help: "Origin whose pages may connect, such as https://example.org, or * for all; repeatable (also CORS_ORIGIN, a comma list).")
    var corsOrigin: [String] = []

    @Option(help: "Largest body and WebSocket message, in bytes (default: 1000000).")
    var maxPayload: MaxPayloadArgument?

    @Flag(help: "Be open to everybody although other machines can reach this server.")
    var insecureOpen = false

    @Option(help: "Over how long the clients leave when the server stops (default: 10s).")
    var drainWindow: DurationArgument?

    @Option(help: "trace, debug, info, notice, warning, error or critical (default: info).")
    var logLevel: LogLevelArgument?

    @OptionGroup(title: "Limits") var limits: LimitArguments

    func run() async throws {
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let settings = try self.settings(&environment)
        environment.refuseUnknown()
        let faults = environment.faults + settings.faults
        guard faults.isEmpty else { throw StartFault(.configuration, faults.joined(separator: "; ")) }

        let logger = Logger(label: "fanfare") { _ in LogfmtHandler(level: settings.logLevel) }
        for note in environment.notes { logger.notice("\(note)") }
        settings.warnIfOpen(logger)
        // Trapped before anything listens, so that an early signal also ends the server in order.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let server = try await FanfareServer.start(settings, logger: logger)
        try? FileHandle.standardOutput.write(contentsOf: Data(Greeting.text(settings, address: server.localAddress).utf8))

        logger.info("serving", metadata: ["connections": "\(server.maximumConnections)"])

        var drain: Task<Void, any Error>?
        for await signal in signals {
            if drain != nil {
                // A second signal ends at once.
                logger.warning("stopped without draining", metadata: ["signal": "\(signal)"])
                Foundation.exit(1)
            }
            logger.info("draining", metadata: ["signal": "\(signal)"])
            drain = Task {
                do {
                    try await server.drain()
                    try await server.stop()
                    Foundation.exit(0)
                } catch {
                    logger.error("cannot drain", metadata: ["error": "\(error)"])
                    Foundation.exit(1)
                }
            }
        }
    }

    private func settings(_ environment: inout EnvironmentSettings) throws -> ServerSettings {
        var settings = ServerSettings()
        settings.loops = LoopsArgument.oneACore
        let environmentHost = environment.text("FANFARE_HOST")
        settings.host = self.host ?? environmentHost ?? settings.host
        Self.apply(self.port, "FANFARE_PORT", &environment) { settings.port = $0.value }
        Self.apply(self.loops, "FANFARE_LOOPS", &environment) { settings.loops = $0.value }
        Self.apply(self.pingInterval, "FANFARE_PING_INTERVAL", &environment) { settings.pingInterval = $0.milliseconds }
        Self.apply(self.pingTimeout, "FANFARE_PING_TIMEOUT", &environment) { settings.pingTimeout = $0.milliseconds }
        Self.apply(self.connectTimeout, "FANFARE_CONNECT_TIMEOUT", &environment) { settings.connectTimeout = $0.milliseconds }
        Self.apply(self.upgradeTimeout, "FANFARE_UPGRADE_TIMEOUT", &environment) { settings.upgradeTimeout = $0.milliseconds }
        let environmentOrigins = environment.text("FANFARE_CORS_ORIGIN") ?? environment.text("CORS_ORIGIN") ?? ""
        settings.corsOrigins = self.corsOrigin.isEmpty ? environmentOrigins.split(separator: ",").map(String.init) : self.corsOrigin
        Self.apply(self.maxPayload, "FANFARE_MAX_PAYLOAD", &environment) { settings.maximumPayload = $0.value }
        Self.apply(self.drainWindow, "FANFARE_DRAIN_WINDOW", &environment) { settings.drainWindow = $0.milliseconds }
        try self.limits.apply(to: &settings.limits, &environment)
        Self.apply(self.logLevel, "FANFARE_LOG_LEVEL", &environment) { settings.logLevel = $0.level }
        let environmentOpen = environment.flag("FANFARE_INSECURE_OPEN")
        settings.isInsecureOpen = self.insecureOpen || environmentOpen == true
        if let key = environment.secret("FANFARE_PUBLISH_KEY") { settings.publishKeys = [key] }
        return settings
    }

    /// A flag, else its variable, else the default stays. The variable is read in any case: a bad one is a fault even where it does not count.
    private static func apply<Argument: ServeArgument>(
        _ flag: Argument?, _ name: String, _ environment: inout EnvironmentSettings, _ set: (Argument) -> Void
    ) {
        let variable = environment.value(name, expected: Argument.expected) { Argument(argument: $0) }
        if let argument = flag ?? variable { set(argument) }
    }
}
