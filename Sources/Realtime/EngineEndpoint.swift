package import AccessControl
import EngineIO
package import HTTPEdge
package import NIOCore
import WebSocketFraming

/// The Engine.IO endpoint at `/socket.io`: handshakes, polls and upgrades, in the order of checks of protocol.md 1.3. One a loop.
package final class EngineEndpoint: Endpoint {
    private let loop: RealtimeLoop
    private let access: AccessPolicy

    package init(loop: RealtimeLoop, access: AccessPolicy) {
        self.loop = loop
        self.access = access
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let query = EngineQuery(request.target.query, of: request.target.text.utf8.span)
        if query.transport == .webSocket, Self.hasOtherVersion(request) {
            exchange.respond(ResponseHead(.upgradeRequired, .html, extraHeaders: "Sec-WebSocket-Version: 13\r\n", closes: true), body: "Upgrade Required")
            return .answered
        }
        if let error = self.refusal(of: request, query) {
            self.refuse(error, request, on: exchange)
            return .answered
        }
        switch query.session {
        case .none where query.transport == .webSocket:
            self.openWebSocket(request, on: exchange)
            return .answered
        case .none, .some, .malformed:
            self.refuse(.unknownTransport, request, on: exchange)
            return .answered
        }
    }

    private func refusal(of request: Request, _ query: EngineQuery) -> EngineError? {
        if query.transport == .unknown { return .unknownTransport }
        if self.access.origins.judge(origin: request.facts.origin, host: request.facts.host) == .foreign { return .forbidden }
        if query.session != .none {
            guard case .some(let identifier) = query.session, self.loop.session(identifier) != nil else { return .unknownSession }
            return nil
        }
        if request.method != .get { return .badHandshakeMethod }
        if query.transport == .webSocket, !Self.isUpgrade(request) { return .badRequest }
        if !query.isRevision4 { return .unsupportedVersion }
        return nil
    }

    /// RFC 6455 4.4: a client of another version is told which one to use.
    private static func hasOtherVersion(_ request: Request) -> Bool {
        guard request.facts.upgradesToWebSocket, let version = request.facts.webSocketVersion else { return false }
        return !UpgradeRules.isSupportedVersion(version.utf8.span)
    }

    private static func isUpgrade(_ request: Request) -> Bool {
        let facts = request.facts
        guard facts.upgradesToWebSocket, facts.webSocketKeyCount == 1, let key = facts.webSocketKey, let version = facts.webSocketVersion else {
            return false
        }
        return UpgradeRules.isValidKey(key.utf8.span) && UpgradeRules.isSupportedVersion(version.utf8.span)
    }

    private func openWebSocket(_ request: Request, on exchange: Exchange) {
        let session = self.loop.makeSession(isWebSocket: true)
        let handler = WebSocketHandler(owner: session, wheel: self.loop.wheel, settings: self.loop.settings)
        exchange.upgrade(
            responding: WebSocketHandshake.response(key: request.facts.webSocketKey ?? "", offeredProtocols: request.facts.webSocketProtocol),
            to: handler)
    }

    /// An upgrade request gets the bare text, as its client cannot read a JSON body (protocol.md 1.3).
    private func refuse(_ error: EngineError, _ request: Request, on exchange: Exchange) {
        let status: Status = error == .forbidden ? .forbidden : .badRequest
        if request.facts.upgradesToWebSocket {
            exchange.respond(ResponseHead(status, .html, closes: true), body: error.message)
        } else {
            exchange.respond(ResponseHead(status, .json), body: error.body)
        }
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    package func exchangeAbandoned(_ exchange: Exchange) {}
}
