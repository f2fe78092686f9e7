import ArgumentParser
import CoreMetrics
import FanfareServer
import Foundation
import Logging
import ServerConfiguration
import Telemetry
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve (the default command).",
        discussion: """
            Without any option it listens on 127.0.0.1:8000 and is open to this machine only. On any other address it needs
            FANFARE_PUBLISH_KEY (or FANFARE_PUBLISH_KEY_FILE), or FANFARE_INSECURE_OPEN=true.
            Every option can also be set as FANFARE_ and its name in capitals (FANFARE_PING_INTERVAL=10s), or in a YAML file. Options win
            over variables, variables over the file. SIGHUP reads the file anew: keys, origins, rules, limits, log level, certificates.

            EXAMPLES
              fanfare
              fanfare --port 9000 --log-level debug
              FANFARE_PUBLISH_KEY=$(openssl rand -hex 32) fanfare --host 0.0.0.0
              fanfare --config /etc/fanfare/fanfare.yaml
            """)

    @OptionGroup var arguments: SettingArguments
    @OptionGroup(title: "Limits") var limits: LimitArguments

    func run() async throws {
        let sources = self.arguments.sources(self.limits)
        let loaded = await LoadedSettings(sources, processors: ProcessInfo.processInfo.activeProcessorCount)
        guard loaded.faults.isEmpty else { throw StartFault(.configuration, loaded.faults.joined(separator: "\n")) }
        let settings = loaded.settings

        let level = LogLevel(settings.logLevel)
        let logger = Logger(label: "fanfare") { _ in
            switch settings.logFormat {
            case .logfmt: LogfmtHandler(level: level)
            case .json: JSONLogHandler(level: level)
            }
        }
        for note in loaded.notes { logger.notice("\(note)") }
        settings.warnIfOpen(logger)
        // Trapped before anything listens, so that an early signal also ends the server in order.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let libraries = LibraryMetrics()
        MetricsSystem.bootstrap(libraries)
        let server = try await FanfareServer.start(settings, logger: logger, libraries: libraries, configuration: loaded.rows)
        try? FileHandle.standardOutput.write(contentsOf: Data(Greeting.text(settings, address: server.localAddress).utf8))

        logger.info("serving", metadata: ["connections": "\(server.maximumConnections)"])

        var reload = SettingsReload(sources: sources, current: loaded)
        var drain: Task<Void, any Error>?
        for await signal in signals {
            if signal == .sighup {
                if drain == nil { await reload.run(on: server, level: level, logger: logger) }
                continue
            }
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
}
