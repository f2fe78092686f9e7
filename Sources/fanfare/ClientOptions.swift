import ArgumentParser
import FanfareClient
import FanfareServer
import Foundation

/// Where the server is and which key it wants: the same for all client commands. Variables that only the server knows do not disturb.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server, as http://host:port (default: from FANFARE_HOST and FANFARE_PORT, else http://127.0.0.1:8000).")
    var url: String?

    /// - Throws: `CommandFault`.
    func server() throws -> ServerURL {
        if let url {
            do {
                return try ServerURL(url)
            } catch {
                throw CommandFault(.usage, "--url \(url): \(error.message)")
            }
        }
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let host = environment.text("FANFARE_HOST") ?? "127.0.0.1"
        let port = environment.value("FANFARE_PORT", expected: PortArgument.expected) { PortArgument(argument: $0) }?.value ?? 8000
        try Self.check(environment)
        guard port > 0 else { throw CommandFault(.usage, "FANFARE_PORT is 0, any free port: name the server with --url") }
        do {
            return try ServerURL(ServerURL(listenHost: host, port: port).text)
        } catch {
            throw CommandFault(.configuration, "FANFARE_HOST is \"\(host)\": \(error.message)")
        }
    }

    /// The key from `FANFARE_PUBLISH_KEY` or `FANFARE_PUBLISH_KEY_FILE`; never from the command line, where others can read it.
    /// - Throws: `CommandFault`.
    static func publishKey() throws -> String? {
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let key = environment.secret("FANFARE_PUBLISH_KEY")
        try self.check(environment)
        guard key?.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) != true else {
            throw CommandFault(.configuration, "the publish key holds a line end or another control character")
        }
        return key
    }

    private static func check(_ environment: EnvironmentSettings) throws {
        guard environment.faults.isEmpty else { throw CommandFault(.configuration, environment.faults.joined(separator: "; ")) }
    }
}
