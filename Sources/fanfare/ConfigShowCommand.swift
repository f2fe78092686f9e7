import ArgumentParser
import FanfareServer
import Foundation
import ServerConfiguration

struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every setting, its value and where it came from; secrets are masked.",
        discussion: """
            EXAMPLES
              fanfare config show
              FANFARE_PORT=9000 fanfare config show --config /etc/fanfare/fanfare.yaml
            """)

    @OptionGroup var arguments: SettingArguments
    @OptionGroup(title: "Limits") var limits: LimitArguments

    func run() async throws {
        let loaded = await LoadedSettings(self.arguments.sources(self.limits), processors: ProcessInfo.processInfo.activeProcessorCount)
        print(loaded.report, terminator: "")
        guard loaded.faults.isEmpty else { throw StartFault(.configuration, loaded.faults.joined(separator: "\n")) }
    }
}
