import FanfareServer
import Foundation
import Logging
import ServerConfiguration

/// SIGHUP: reads file and secrets anew, and puts in force what can change while the server runs. Flags and variables stay as they were
/// given.
struct SettingsReload {
    private let sources: SettingsSources
    private let start: LoadedSettings
    private var current: LoadedSettings

    init(sources: SettingsSources, current: LoadedSettings) {
        self.sources = sources
        self.start = current
        self.current = current
    }

    /// A configuration with a fault changes nothing.
    mutating func run(on server: FanfareServer, level: LogLevel, logger: Logger) async {
        let next = await LoadedSettings(self.sources, processors: ProcessInfo.processInfo.activeProcessorCount)
        var faults = next.faults
        if faults.isEmpty {
            do {
                try await server.reload(next.settings)
            } catch {
                faults.append("\(error)")
            }
        }
        guard faults.isEmpty else {
            for fault in faults { logger.error("not reloaded", metadata: ["reason": "\(fault)"]) }
            return
        }
        level.value = next.settings.logLevel
        server.show(next.rows(sinceStart: self.start))
        let changes = next.changes(since: self.current)
        for change in changes {
            var metadata: Logger.Metadata = ["setting": "\(change.name)", "old": "\(change.old)", "new": "\(change.new)"]
            if change.needsRestart { metadata["takes_effect"] = "with the next start" }
            logger.notice("setting changed", metadata: metadata)
        }
        logger.notice("reloaded", metadata: ["changes": "\(changes.count)"])
        self.current = next
    }
}
