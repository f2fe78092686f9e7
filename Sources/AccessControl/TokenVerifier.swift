/// Tells the tokens of this server's issuers from all others. Called on every loop; the cryptography is behind it.
package protocol TokenVerifier: AnyObject, Sendable {
    /// - Parameters:
    ///   - token: as the client sent it.
    ///   - now: milliseconds since 1970.
    ///   - report: called once with the verdict if it is not known at once, on another thread.
    /// - Returns: the verdict if it takes no signature's check, because the token was verified before or breaks a rule; nil if `report`
    ///   will be called.
    func verify(_ token: [UInt8], now: Int64, report: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict?
}
