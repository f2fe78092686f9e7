import AccessControl
import Tokens

/// Keys for tests, and tokens signed with the HS256 secret.
enum KeyFixture {
    static func source(secrets: [(kid: String, secret: String)] = [], any: String? = nil, jwks: String? = nil) -> TokenKeySource {
        var source = TokenKeySource()
        source.secrets = secrets
        source.anySecret = any
        source.jwks = jwks.map { Array($0.utf8) }
        return source
    }

    static func faults(_ source: TokenKeySource) async -> [String] {
        do {
            _ = try await TokenKeys(source)
            return []
        } catch let faults as TokenKeyFaults {
            return faults.sentences
        } catch {
            return ["\(error)"]
        }
    }

    static func mint(
        _ secret: String = SignedTokens.secret, kid: String? = nil, sub: String = "alice", exp: Int = 9_999_999_999,
        channels: [String] = ["secret.*"]
    ) async throws -> [UInt8] {
        try await TokenMint(secret: secret, kid: kid).token(subject: sub, issuedAt: 0, expiration: exp, channels: channels, info: nil)
    }
}

extension TokenKeys {
    /// The subject, or why there is none.
    func outcome(_ token: [UInt8]) -> Result<String, TokenFault> {
        do throws(TokenFault) {
            return .success(String(decoding: try self.claims(of: token).subject, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    func outcome(_ token: String) -> Result<String, TokenFault> { self.outcome(Array(token.utf8)) }
}
