package import NIOCore

/// Who answers. One instance a loop; called on the connection's loop.
///
/// Every exchange is answered once. An answer may be given inside these calls or any time later on the same loop; what comes after the
/// connection's end, or a second time, does nothing.
package protocol Endpoint: AnyObject {
    /// The head is complete, the body, if any, is not. Access, path, type and length are judged here, before the body.
    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition

    /// The whole body, after `.collectBody`. One that came in one part is the reader's own slice, not a copy: copy what is to be kept long.
    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange)

    /// The body has passed the limit, or its Content-Length says that it will. To be answered now; else the connection answers 413.
    func bodyTooLarge(_ request: Request, on exchange: Exchange)

    /// The connection went away, or became useless, while the body was gathered or the answer outstanding.
    func exchangeAbandoned(_ request: Request, on exchange: Exchange)

    /// An answer whose head `isOwed` was given, and the connection ended before all of it could be sent.
    func answerLost(_ request: Request)
}

extension Endpoint {
    package func answerLost(_ request: Request) {}
}

/// What happens next with a request whose head was judged.
package enum Disposition {
    /// `respond` or `upgrade` was called. What there is of a body is dropped.
    case answered
    /// The body is gathered, up to `limit` bytes, for `receiveBody`.
    case collectBody(by: any Endpoint, limit: Int)
    /// Answered later, from this loop. What there is of a body is dropped.
    case parked(by: any Endpoint)
}
