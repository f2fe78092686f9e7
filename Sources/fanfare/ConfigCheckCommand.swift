import ArgumentParser
import FanfareServer
import Foundation
import ServerConfiguration

struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong with the configuration, or ok.",
        discussion: """
            Reads options, variables and file as `serve` does and starts nothing. Exit code 0, or 78 if `serve` would not start.

            EXAMPLES
              fanfare config check
              fanfare config check --config /etc/fanfare/fanfare.yaml
            """)

    @OptionGroup var arguments: SettingArguments
    @OptionGroup(title: "Limits") var limits: LimitArguments

    func run() async throws {
        let loaded = await LoadedSettings(self.arguments.sources(self.limits), processors: ProcessInfo.processInfo.activeProcessorCount)
        guard loaded.faults.isEmpty else { throw StartFault(.configuration, loaded.faults.joined(separator: "\n")) }
        for remark in loaded.remarks { print("note: \(remark)") }
        print("ok")
    }
}
