/// What a `TokenVerifier` says of a token.
package enum TokenVerdict: Sendable {
    /// Signed by a key of this server. The times are still to be judged, by whoever uses the token and whenever they do.
    case signed(TokenClaims)
    case refused(TokenFault)
    /// Too many are being verified: nothing is known of this one.
    case busy
}
