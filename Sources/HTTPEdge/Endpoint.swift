package import NIOCore

/// Who answers requests. One instance a loop; everything is called on the connection's loop.
package protocol Endpoint: AnyObject {
    /// The head is complete, the body is not. Path, access, type and length are judged here.
    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition
    /// The whole body, after `.collectBody`.
    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange)
    /// The body is, or says that it will be, larger than the limit. To be answered now.
    func bodyTooLarge(_ request: Request, on exchange: Exchange)
    /// The connection went away while its body was collected or its answer was outstanding.
    func exchangeAbandoned(_ request: Request, on exchange: Exchange)
}

/// What happens next with a request whose head has been read.
package enum Disposition {
    /// `respond` has been called.
    case answered
    case collectBody(by: any Endpoint, limit: Int)
    /// Will be answered, or upgraded, later.
    case parked(by: any Endpoint)
}
