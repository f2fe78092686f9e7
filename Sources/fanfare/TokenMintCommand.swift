import AccessControl
import ArgumentParser
import FanfareServer
import Foundation
import Tokens
import WireBytes

struct TokenMintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mint",
        abstract: "Make a token for a test (the default).",
        discussion: """
            The token is signed with HS256 and the secret that the server has: from
            FANFARE_TOKEN_SECRET, FANFARE_TOKEN_SECRET_FILE or --secret-file, never
            from the command line. Clients give it as auth.token or with a subscribe.
            For real users your backend makes the tokens.

            EXAMPLES
              export FANFARE_TOKEN_SECRET=$(openssl rand -hex 32)
              fanfare token --sub alice --channels 'orders.*' news --expires 1h
              fanfare token --sub alice --channels '**' | fanfare token show -
            """)

    @Option(help: "Whose token it is.")
    var sub: String

    @Option(parsing: .upToNextOption, help: "Channels it opens, as patterns: * is one or more bytes but a dot, ** one or more bytes.")
    var channels: [String] = []

    @Option(help: "How long it is good (default: 1h).")
    var expires: DurationArgument?

    @Option(help: "Which of the server's keys it is signed with.")
    var kid: String?

    @Option(help: "A JSON value that goes along as the claim info.")
    var info: String?

    @Option(help: "File with the secret.")
    var secretFile: String?

    func run() async throws {
        let secret = try await self.secret()
        let now = Int(Date().timeIntervalSince1970)
        let info = self.info.map { Array($0.utf8) }
        if let info {
            do throws(JSONFault) {
                _ = try JSONScanner.scan(info.span)
            } catch {
                throw CommandFault(.usage, "--info is not JSON, at byte \(error.offset): \(error.message)")
            }
        }
        for channel in self.channels {
            do {
                _ = try ChannelPattern(compiling: Array(channel.utf8).span)
            } catch {
                throw CommandFault(.usage, "--channels \"\(channel)\": \(error.message)")
            }
        }
        let milliseconds = self.expires?.milliseconds ?? 3_600_000
        let token = try await TokenMint(secret: secret, kid: self.kid).token(
            subject: self.sub, issuedAt: now, expiration: now + Int(milliseconds / 1_000), channels: self.channels, info: info)
        // What the server would refuse is not handed out.
        if let fault = TokenInspection(token, keys: TokenKeys(), now: Int64(now) * 1_000).fault {
            throw CommandFault(.usage, "no server would take this token. \(fault.message)")
        }
        Stream.output.write(token + [0x0A])
    }

    private func secret() async throws -> String {
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let configured = environment.secret("FANFARE_TOKEN_SECRET")
        var source = TokenKeySource()
        if let secretFile {
            guard let contents = FileManager.default.contents(atPath: secretFile) else {
                throw CommandFault(.usage, "--secret-file \(secretFile) cannot be read")
            }
            source.anySecret = String(decoding: contents, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        } else {
            guard environment.faults.isEmpty else { throw CommandFault(.configuration, environment.faults.joined(separator: "; ")) }
            source.anySecret = configured
        }
        guard let secret = source.anySecret else {
            throw CommandFault(.configuration, "there is no secret to sign with: set FANFARE_TOKEN_SECRET or FANFARE_TOKEN_SECRET_FILE")
        }
        do {
            _ = try await TokenKeys(source)
        } catch let faults as TokenKeyFaults {
            throw CommandFault(.configuration, faults.sentences.joined(separator: "; "))
        }
        return secret
    }
}
