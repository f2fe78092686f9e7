import AccessControl
import Logging
import Realtime
import Tokens

/// Keys for subscribers' tokens, at the start and when the configuration is read anew.
extension FanfareServer {
    /// - Throws: `StartFault`.
    static func keys(_ settings: ServerSettings, logger: Logger) async throws -> TokenKeys {
        do {
            let keys = try await settings.tokens.keys()
            for note in keys.notes { logger.notice("\(note)") }
            return keys
        } catch let faults as TokenKeyFaults {
            throw StartFault(.configuration, faults.sentences.joined(separator: "\n"))
        }
    }

    static func judge(_ tokens: JSONWebTokens, _ keys: TokenKeys) -> TokenJudge? {
        keys.isEmpty ? nil : TokenJudge(verifier: tokens, clock: WallClock.now)
    }
}
