/// The token keys as they are configured, unread.
package struct TokenKeySource: Sendable {
    /// HS256 secrets by the `kid` that goes with them.
    package var secrets: [(kid: String, secret: String)] = []
    /// An HS256 secret for tokens with any `kid` that no other key has, and for those without one.
    package var anySecret: String?
    /// The text of a JSON Web Key Set (RFC 7517 section 5).
    package var jwks: [UInt8]?

    package init() {}

    package var isEmpty: Bool { self.secrets.isEmpty && self.anySecret == nil && self.jwks == nil }
}
