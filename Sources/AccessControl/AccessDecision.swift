/// Whether a request may do what it asks.
package enum AccessDecision: Sendable {
    /// It may, as far as it can be told without the channel: whoever publishes asks `AccessKey.mayPublish` too. Nil on an open server.
    case granted(to: AccessKey?)
    /// - Parameter keyName: of a known key, else `none` or `unknown`; for the log.
    case refused(AccessRefusal, keyName: String)
}
