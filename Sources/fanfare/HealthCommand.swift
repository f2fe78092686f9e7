import ArgumentParser
import FanfareClient
import Foundation

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask a server whether it is alive: exit code 0 or 1.",
        discussion: """
            0 if GET /livez is answered with 200 in time; otherwise 1 and a line on
            standard error. It reads FANFARE_HOST and FANFARE_PORT as the server does,
            so that it needs no option beside one.

            EXAMPLES
              fanfare health
              fanfare health --url http://10.0.0.5:8000 --timeout 500ms
            """)

    @OptionGroup var client: ClientOptions

    @Option(help: "How long the answer may take (default: 2s).")
    var timeout: DurationArgument?

    func run() async throws {
        let url = try self.client.server()
        if let problem = await HealthProbe.problem(at: url, withinMilliseconds: self.timeout?.milliseconds ?? 2_000) {
            throw CommandFault(.unhealthy, "\(url.text) is not healthy: \(problem)")
        }
        if Stream.output.isTerminal { Stream.output.write("\(url.text) is \(Stream.output.styled("alive", .green))\n") }
    }
}
