import EngineIO

/// What a session needs only while long-polling carries it.
final class PollingTransport {
    var outbox: PollOutbox

    init(maximumPacketsAReply: Int) {
        self.outbox = PollOutbox(maximumPacketsAReply: maximumPacketsAReply)
    }

    /// The GET that waits for something to be queued. The machine knows whether there is one.
    var parkedPoll: PollReply?
    /// The POST whose body is arriving.
    var post: PollReply.Identifier?
    /// Packets of a POST are being worked off: what they cause leaves together afterwards.
    var isWorkingOffPost = false
    /// Why the POST that is worked off will be answered 400, and the session end.
    var refusal: CloseReason?
    /// A POST with a close packet that waits for the GET that the client sent before it (see `EngineSession.leaveLater`).
    var farewell: PollReply?
}
