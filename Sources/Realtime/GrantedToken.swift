import AccessControl
import HTTPEdge

/// A token that was taken, on the loops' clock.
struct GrantedToken: Sendable {
    let claims: TokenClaims
    let grantedAt: Milliseconds
    /// When what it admits ends.
    let end: Milliseconds
}
