/// How listening ended.
package enum ListenOutcome: Equatable, Sendable {
    /// As it was wished: enough messages, a signal, or nobody reads the output any more.
    case done
    /// The server could not be reached at first, or was lost and is not to be tried again.
    case lost(ConnectionLoss)
    /// The server does not want us, in its words.
    case refused(String)
    /// What came cannot be put out.
    case outputFailed(String)
}
