import ArgumentParser
import FanfareServer
import Foundation

/// The command line: `fanfare` is `fanfare serve`.
@main
struct Fanfare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanfare",
        abstract: "A Socket.IO broadcasting server: what you POST reaches every subscribed client at once.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, BenchCommand.self, PublishCommand.self, ListenCommand.self, TokenCommand.self, ConfigCommand.self,
            HealthCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    static func main() async {
        do {
            var command = try Self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let fault as StartFault {
            Self.fail(fault.message, code: fault.kind.rawValue)
        } catch let fault as CommandFault {
            Self.fail(fault.message, code: fault.kind.rawValue)
        } catch let code as ExitCode {
            // Whatever there was to say has been said.
            Foundation.exit(code.rawValue)
        } catch {
            let code = Self.exitCode(for: error)
            // Help and version are answers, not faults.
            if code.isSuccess { Self.exit(withError: error) }
            Self.fail(Self.message(for: error), code: code.rawValue)
        }
    }

    /// One clear line on standard error, or one for each thing that is wrong.
    static func fail(_ message: String, code: Int32) -> Never {
        let lines = message.split(separator: "\n").map { "fanfare: \($0)\n" }.joined()
        try? FileHandle.standardError.write(contentsOf: Data(lines.utf8))
        Foundation.exit(code)
    }
}
