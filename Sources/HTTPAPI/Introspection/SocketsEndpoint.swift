package import AccessControl
package import HTTPEdge
package import NIOCore

/// `GET` and `DELETE /sockets/{id}` (contract 9): one connection's story, and its end. The id is the Socket.IO socket's, never the Engine.IO
/// session's, which is a secret. Looking needs the right to `read`, ending it `admin`, once keys exist. One a loop.
package final class SocketsEndpoint: Endpoint {
    /// Finds a socket on whatever loop it is; `done` is called later, on this loop, with its JSON or nil. Of channels that the key is not for
    /// nothing is said.
    package typealias Describe = (_ id: [UInt8], _ key: AccessKey?, _ done: @escaping (_ json: [UInt8]?) -> Void) -> Void
    /// Ends a socket on whatever loop it is; `done` is called later, on this loop, with whether there was one.
    package typealias Disconnect =
        (_ id: [UInt8], _ order: Order, _ done: @escaping (_ found: Bool) -> Void) -> Void

    /// Who wants it, for the log.
    package struct Order: Sendable {
        package let keyName: String
        /// Without a port.
        package let peer: String

        package init(keyName: String, peer: String) {
            self.keyName = keyName
            self.peer = peer
        }
    }

    private let looking: EndpointAccess
    private let ending: EndpointAccess
    private let describe: Describe
    private let disconnect: Disconnect

    package init(access: LoopAccess, http: HTTPLoop, describe: @escaping Describe, disconnect: @escaping Disconnect) {
        func judge(_ permission: Permission) -> EndpointAccess {
            EndpointAccess(
                access: access, http: http, permission: permission, methods: "GET, HEAD, DELETE",
                everyAnswer: "Cache-Control: no-store\r\n")
        }
        self.looking = judge(.read)
        self.ending = judge(.admin)
        self.describe = describe
        self.disconnect = disconnect
    }

    /// Whether the path is this endpoint's.
    package func owns(_ target: RequestTarget) -> Bool {
        target.segment(behind: "/sockets/") != nil
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        switch request.method {
        case .get, .head:
            guard case .granted(let key) = self.looking.admit(request, on: exchange) else { return .answered }
            self.describe(self.identifier(in: request), key) { json in
                guard let json else { return self.refuseUnknown(request, on: exchange) }
                exchange.respond(ResponseHead(.ok, .json, extraHeaders: self.looking.lines(request)), body: json)
            }
        case .delete:
            guard case .granted(let key) = self.ending.admit(request, on: exchange) else { return .answered }
            let order = Order(keyName: key?.name ?? "none", peer: exchange.clientAddress ?? "")
            self.disconnect(self.identifier(in: request), order) { found in
                guard found else { return self.refuseUnknown(request, on: exchange) }
                exchange.respond(ResponseHead(.noContent, extraHeaders: self.ending.lines(request)))
            }
        default:
            self.looking.refuseMethod(request, on: exchange)
            return .answered
        }
        return .parked(by: self)
    }

    /// What cannot be decoded is the name of no socket.
    private func identifier(in request: Request) -> [UInt8] {
        request.target.segment(behind: "/sockets/").flatMap { request.target.decoded($0) } ?? []
    }

    private func refuseUnknown(_ request: Request, on exchange: Exchange) {
        exchange.refuse(.notFound, "There is no such socket", extraHeaders: self.looking.lines(request))
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
}
