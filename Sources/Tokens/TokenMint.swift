import AccessControl
import WireBytes

/// Makes tokens for tests, signed with an HS256 secret. The real ones come from the application's backend.
package struct TokenMint: Sendable {
    private let key: TokenKey
    private let kid: String?

    /// - Parameters:
    ///   - secret: as it is configured for the server.
    ///   - kid: goes into the header.
    package init(secret: String, kid: String?) async throws {
        self.key = try await TokenKey(.secret(Array(secret.utf8)))
        self.kid = kid
    }

    /// - Parameters:
    ///   - times: seconds since 1970.
    ///   - info: the text of one JSON value.
    /// - Returns: the token.
    package func token(subject: String, issuedAt: Int, expiration: Int, channels: [String], info: [UInt8]?) throws -> [UInt8] {
        var header: [UInt8] = []
        Output.append(#"{"alg":"HS256","typ":"JWT""#, to: &header)
        if let kid {
            Output.append(#","kid":"#, to: &header)
            Self.append(kid, to: &header)
        }
        Output.append("}", to: &header)
        var claims: [UInt8] = []
        Output.append(#"{"sub":"#, to: &claims)
        Self.append(subject, to: &claims)
        Output.append(#","iat":"#, to: &claims)
        ASCII.appendDecimal(issuedAt, to: &claims)
        Output.append(#","exp":"#, to: &claims)
        ASCII.appendDecimal(expiration, to: &claims)
        Output.append(#","channels":["#, to: &claims)
        for (index, channel) in channels.enumerated() {
            if index > 0 { claims.append(UInt8(ascii: ",")) }
            Self.append(channel, to: &claims)
        }
        Output.append("]", to: &claims)
        if let info {
            Output.append(#","info":"#, to: &claims)
            claims += info
        }
        Output.append("}", to: &claims)
        var token: [UInt8] = []
        Base64.encodeURLSafe(header.span, to: &token)
        token.append(UInt8(ascii: "."))
        Base64.encodeURLSafe(claims.span, to: &token)
        let signature = try self.key.sign(token)
        token.append(UInt8(ascii: "."))
        Base64.encodeURLSafe(signature.span, to: &token)
        return token
    }

    private static func append(_ text: String, to json: inout [UInt8]) {
        let bytes = Array(text.utf8)
        JSONText.appendQuoted(bytes.span, to: &json)
    }
}
