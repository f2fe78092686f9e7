/// Why a token is refused. Its bearer is never told which it was (contract 6); counters and `fanfare token show` are.
package enum TokenFault: Error, Equatable, Sendable, CaseIterable {
    /// Not a non-empty string.
    case missing
    /// More than `CompactToken.maximumByteCount`.
    case tooLong
    /// Not three parts of base64url without padding, joined by dots.
    case malformed
    /// The header is no JSON object, or has a name twice.
    case header
    /// `alg` is not one of `TokenAlgorithm`.
    case algorithm
    /// The header has `crit`: it wants something understood that is not.
    case critical
    /// `kid` is not a string of 1 to `CompactToken.maximumKeyIDByteCount` bytes.
    case keyID
    /// No key goes by this `kid`, or none is there for a token without one.
    case unknownKey
    /// The key is for another algorithm than the header's.
    case otherAlgorithm
    case signature
    /// The claims are no JSON object, or have a name twice.
    case claims
    case subject
    case expiration
    case notBefore
    case issuedAt
    case channels
    /// `exp` and the leeway are over.
    case expired
    /// `nbf` or `iat` is in the future by more than the leeway.
    case early

    /// The `reason` of the counter of refusals.
    package var label: StaticString {
        switch self {
        case .missing, .tooLong, .malformed, .header, .algorithm, .critical, .keyID: "token_malformed"
        case .unknownKey, .otherAlgorithm: "token_key"
        case .signature: "token_signature"
        case .claims, .subject, .expiration, .notBefore, .issuedAt, .channels: "token_claims"
        case .expired: "token_expired"
        case .early: "token_early"
        }
    }

    /// One sentence for the person who makes the tokens.
    package var message: String {
        switch self {
        case .missing: "The token is not a non-empty string."
        case .tooLong: "The token is longer than \(CompactToken.maximumByteCount) bytes."
        case .malformed: "The token is not three parts of base64url without padding, joined by dots."
        case .header: "The header is not a JSON object in which every name occurs once."
        case .algorithm: "The header's alg is not HS256, ES256, RS256 or EdDSA."
        case .critical: "The header has crit, which this server does not understand."
        case .keyID: "The header's kid is not a string of 1 to \(CompactToken.maximumKeyIDByteCount) bytes."
        case .unknownKey: "No configured key goes by the header's kid, or none is meant for a token without one."
        case .otherAlgorithm: "The key is for another algorithm than the header's alg."
        case .signature: "The signature is not by the key."
        case .claims: "The claims are not a JSON object in which every name occurs once."
        case .subject: "The claim sub is not a string of 1 to \(TokenClaims.maximumSubjectByteCount) bytes."
        case .expiration: "The claim exp is missing or not a time in seconds."
        case .notBefore: "The claim nbf is not a time in seconds."
        case .issuedAt: "The claim iat is not a time in seconds."
        case .channels: "The claim channels is not an array of at most \(TokenClaims.maximumChannels) channel patterns."
        case .expired: "The token has expired."
        case .early: "The claim nbf or iat is in the future."
        }
    }
}
