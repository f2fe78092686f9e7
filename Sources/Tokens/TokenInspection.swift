package import AccessControl
import WireBytes

/// What a token holds, for the person who makes it. Shows also what could not be believed.
package struct TokenInspection: Sendable {
    /// JSON as it stands in the token; nil if it is none.
    package let header: [UInt8]?
    package let claims: [UInt8]?
    /// Why a server with these keys refuses it at this time; nil if it takes it.
    package let fault: TokenFault?
    /// Of the claims, whoever has signed them.
    package let content: TokenClaims?

    /// - Parameters:
    ///   - keys: without any the signature is not looked at.
    ///   - now: milliseconds since 1970.
    package init(_ token: [UInt8], keys: TokenKeys, now: Int64) {
        let parts = token.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false).map { Array($0) }
        self.header = parts.first.flatMap(Self.json)
        self.claims = parts.count > 1 ? Self.json(parts[1]) : nil
        self.content = self.claims.flatMap { try? TokenClaims(parsing: $0.span) }
        do throws(TokenFault) {
            self.fault = try Self.read(token, keys).fault(now: now)
        } catch {
            self.fault = error
        }
    }

    private static func read(_ token: [UInt8], _ keys: TokenKeys) throws(TokenFault) -> TokenClaims {
        guard keys.isEmpty else { return try keys.claims(of: token) }
        return try TokenClaims(parsing: try CompactToken(parsing: token.span).payload.span)
    }

    private static func json(_ part: [UInt8]) -> [UInt8]? {
        guard let bytes = Base64.decodeURLSafe(0..<part.count, of: part.span), let value = try? JSONScanner.scan(bytes.span) else {
            return nil
        }
        return Array(bytes[value])
    }
}
