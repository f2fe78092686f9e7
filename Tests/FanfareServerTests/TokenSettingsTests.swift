import AccessControl
@testable import FanfareServer
import Foundation
import Logging
import Testing
import Tokens

/// Token keys and channel rules as settings, at the start and when they are read anew (contract 6 and 8).
@Suite("Token settings", .timeLimit(.minutes(1)))
struct TokenSettingsTests {
    private static let secret = String(repeating: "s", count: 32)
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(secret: String? = nil, rules: [ChannelRuleSettings] = []) -> ServerSettings {
        var settings = ServerSettings()
        settings.port = 0
        settings.tokens.anyKidSecret = secret
        settings.rules = rules
        return settings
    }

    /// What is said at once of a token that has to be verified, and of one that no key is meant for.
    private func isKnown(_ server: FanfareServer, _ token: [UInt8]) -> Bool {
        server.tokens.verify(token, now: 0) { _ in } != nil
    }

    @Test("a rule that wants tokens needs a key, one that says open does not")
    func rules() {
        let rule = ChannelRuleSettings(match: "secret.*", subscribe: .token)
        #expect(
            settings(rules: [rule]).faults == [
                "a channel rule wants tokens and there is no key to check them with: set FANFARE_TOKEN_SECRET (or FANFARE_TOKEN_SECRET_FILE),"
                    + " FANFARE_JWKS, or tokens in the file"
            ])
        #expect(settings(secret: Self.secret, rules: [rule]).faults.isEmpty)
        #expect(settings(rules: [ChannelRuleSettings(match: "**", subscribe: .open)]).faults.isEmpty)
    }

    @Test("a rule's pattern has to be one", arguments: ["", "***", " a", "fanfare:x"])
    func patterns(match: String) {
        let faults = settings(rules: [ChannelRuleSettings(match: match, subscribe: .open)]).faults
        #expect(faults.count == 1 && faults.first?.hasPrefix("the channel rule \"\(match)\": ") == true)
    }

    @Test("weak keys and a missing file are all named at the start, and it does not start")
    func badKeys() async throws {
        var settings = settings(secret: "short")
        settings.tokens.jwksPath = "/nowhere/jwks.json"
        let fault = await #expect(throws: StartFault.self) { try await FanfareServer.start(settings, logger: self.logger) }
        #expect(fault?.kind == .configuration)
        #expect(fault?.message.contains("/nowhere/jwks.json cannot be read\nthe token secret has 5 bytes") == true)
    }

    @Test("keys are replaced while it runs; bad ones leave the old ones")
    func replace() async throws {
        let server = try await FanfareServer.start(settings(secret: Self.secret), logger: self.logger)
        do {
            let token = try await TokenMint(secret: Self.secret, kid: nil).token(
                subject: "a", issuedAt: 0, expiration: 9_999_999_999, channels: [], info: nil)
            let forEC = Array("eyJhbGciOiJFUzI1NiJ9.e30.c2ln".utf8)
            #expect(!self.isKnown(server, token) && self.isKnown(server, forEC))
            for bad in [settings(secret: "short"), settings(rules: [ChannelRuleSettings(match: "a", subscribe: .token)])] {
                await #expect(throws: StartFault.self) { try await server.reload(bad) }
                #expect(self.isKnown(server, forEC))
            }
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("fanfare-\(UUID().uuidString).json").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
            try Data(#"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}]}"#.utf8).write(to: URL(fileURLWithPath: path))
            var other = settings(rules: [ChannelRuleSettings(match: "a", subscribe: .token)])
            other.tokens.jwksPath = path
            try await server.reload(other)
            #expect(self.isKnown(server, token) && !self.isKnown(server, forEC))
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }
}
