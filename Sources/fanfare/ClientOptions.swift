import ArgumentParser
import FanfareClient
import FanfareServer
import Foundation
import ServerConfiguration
import TransportSecurity

/// Where the server is and which key it wants: the same for all client commands. Variables that only the server knows do not disturb.
struct ClientOptions: ParsableArguments {
    @Option(
        help:
            "The server, as http://host:port or https://host:port (default: from FANFARE_HOST and FANFARE_PORT, else http://127.0.0.1:8000)."
    )
    var url: String?

    @Option(help: "PEM file with the certificates of authorities to trust instead of the system's, for https.", completion: .file())
    var cacert: String?

    /// - Throws: `CommandFault`.
    func server() throws -> ServerURL {
        if let url { return try self.server(url, flag: "url") }
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let host = environment.text("FANFARE_HOST") ?? "127.0.0.1"
        let text = environment.text("FANFARE_PORT") ?? "8000"
        if let fault = Setting.named("listen.port")?.fault(of: text) { environment.refuse("FANFARE_PORT is \"\(text)\": \(fault)") }
        try Self.check(environment)
        let port = Int(text) ?? 8000
        guard port > 0 else { throw CommandFault(.usage, "FANFARE_PORT is 0, any free port: name the server with --url") }
        do {
            return try ServerURL(ServerURL(listenHost: host, port: port).text)
        } catch {
            throw CommandFault(.configuration, "FANFARE_HOST is \"\(host)\": \(error.message)")
        }
    }

    /// - Throws: `CommandFault`, which names the flag.
    func server(_ url: String, flag: String) throws -> ServerURL {
        do {
            var server = try ServerURL(url)
            if server.isSecure { server.tls = try self.trust() }
            return server
        } catch let error as ServerURLFault {
            throw CommandFault(.usage, "--\(flag) \(url): \(error.message)")
        }
    }

    private func trust() throws -> ClientTLS {
        do {
            return try ClientTLS(rootsPath: self.cacert)
        } catch {
            throw CommandFault(.usage, "--cacert: \(error.message)")
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
