import AccessControl
import ArgumentParser
import FanfareServer
import Foundation
import Tokens
import WireBytes

struct TokenShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a token holds, and whether the server would take it.",
        discussion: """
            With FANFARE_TOKEN_SECRET, FANFARE_TOKEN_SECRET_FILE, FANFARE_JWKS or --jwks
            the signature is checked too. It ends with 0, or with 65 if a server with
            these keys would refuse the token now. A terminal gets lines, anything else
            one line of JSON.

            EXAMPLES
              fanfare token show eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln
              fanfare token --sub alice --channels '**' | fanfare token show - | jq .claims
            """)

    @Option(help: "File with a JSON Web Key Set (also FANFARE_JWKS).")
    var jwks: String?

    @Argument(help: "The token; - reads it from standard input.")
    var token: String

    func run() async throws {
        let keys = try await self.keys()
        var token = Array(self.token.utf8)
        if self.token == "-" {
            var reader = LineReader()
            token = try reader.next() ?? []
        }
        token = Array(String(decoding: token, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).utf8)
        let inspection = TokenInspection(token, keys: keys, now: Int64(Date().timeIntervalSince1970 * 1_000))
        if Stream.output.isTerminal {
            Self.printLines(inspection, isChecked: !keys.isEmpty)
        } else {
            Stream.output.write(Self.json(inspection, isChecked: !keys.isEmpty))
        }
        if inspection.fault != nil { throw ExitCode(CommandFault.Kind.refused.rawValue) }
    }

    private func keys() async throws -> TokenKeys {
        var environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let settings = TokenArguments.settings(jwks: self.jwks, &environment)
        guard environment.faults.isEmpty else { throw CommandFault(.configuration, environment.faults.joined(separator: "; ")) }
        do {
            return try await settings.keys()
        } catch let faults as TokenKeyFaults {
            throw CommandFault(.configuration, faults.sentences.joined(separator: "; "))
        }
    }

    /// Somebody else may have written the token: what a terminal would obey is not shown to it.
    private static func shown(_ json: [UInt8]?) -> String {
        guard let json else { return "not JSON" }
        return String(
            String.UnicodeScalarView(
                String(decoding: json, as: UTF8.self).unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func printLines(_ inspection: TokenInspection, isChecked: Bool) {
        Stream.output.write("header     \(self.shown(inspection.header))\n")
        Stream.output.write("claims     \(self.shown(inspection.claims))\n")
        if let content = inspection.content {
            let end = Date(timeIntervalSince1970: Double(content.expiration) / 1_000)
            Stream.output.write("ends       \(end.formatted(.iso8601))\n")
        }
        let signature = isChecked ? "" : " (signature not checked: set FANFARE_TOKEN_SECRET or FANFARE_JWKS)"
        if let fault = inspection.fault {
            Stream.output.write("refused    \(Stream.output.styled(fault.message, .red))\(signature)\n")
        } else {
            Stream.output.write("\(isChecked ? Stream.output.styled("accepted", .green) : "well made")\(signature)\n")
        }
    }

    /// `accepted` is null where only the signature is left to check.
    private static func json(_ inspection: TokenInspection, isChecked: Bool) -> [UInt8] {
        let null = Array("null".utf8)
        var line: [UInt8] = Array(#"{"header":"#.utf8)
        line += inspection.header ?? null
        line += Array(#","claims":"#.utf8) + (inspection.claims ?? null)
        line += Array(#","accepted":\#(inspection.fault != nil ? "false" : isChecked ? "true" : "null"),"reason":"#.utf8)
        if let fault = inspection.fault {
            JSONText.appendQuoted(Array(fault.message.utf8).span, to: &line)
        } else {
            line += null
        }
        // A header may have line ends between its members.
        return line.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + Array("}\n".utf8)
    }
}
