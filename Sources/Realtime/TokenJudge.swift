package import AccessControl
import HTTPEdge

/// Takes tokens or refuses them: the verifier's word and the time together. There while a token key is configured. Used from every loop.
package struct TokenJudge: Sendable {
    enum Decision: Sendable {
        case granted(GrantedToken)
        case refused(TokenFault)
        case busy
    }

    let verifier: any TokenVerifier
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64

    /// - Parameter clock: milliseconds since 1970.
    package init(verifier: any TokenVerifier, clock: @escaping @Sendable () -> Int64) {
        self.verifier = verifier
        self.clock = clock
    }

    /// - Parameter now: on the loop's clock.
    func decide(_ verdict: TokenVerdict, now: Milliseconds) -> Decision {
        switch verdict {
        case .busy:
            return .busy
        case .refused(let fault):
            return .refused(fault)
        case .signed(let claims):
            let time = self.clock()
            if let fault = claims.fault(now: time) { return .refused(fault) }
            return .granted(GrantedToken(claims: claims, grantedAt: now, end: now + claims.lifetime(now: time)))
        }
    }
}
