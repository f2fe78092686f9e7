/// Why a message was not published, or not known to be.
package enum PublishFailure: Error, Equatable, Sendable {
    /// The server refused it and sent it to nobody.
    case refused(status: Int, detail: String)
    /// No connection came about.
    case unreachable(String)
    /// The connection ended before the answer: the message may have been published or not.
    case unanswered
}
