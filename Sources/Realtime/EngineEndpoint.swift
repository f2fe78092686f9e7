package import AccessControl
import EngineIO
package import HTTPEdge
package import NIOCore
import WebSocketFraming
import WireBytes

/// The Engine.IO endpoint at `/socket.io`: handshakes, polls and upgrades, in the order of checks of protocol.md 1.3. One a loop; the session
/// of a poll or an upgrade may be on another.
package final class EngineEndpoint: Endpoint {
    private let loop: RealtimeLoop
    private let access: LoopAccess

    package init(loop: RealtimeLoop, access: LoopAccess) {
        self.loop = loop
        self.access = access
    }

    package func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        let query = EngineQuery(request.target)
        let origins = self.access.policy.origins
        let verdict = origins.judge(origin: request.facts.origin, host: request.facts.host)
        let headers = CrossOrigin.headers(origins, verdict, origin: request.facts.origin)
        if request.method == .options, request.facts.origin != nil, verdict != .foreign {
            exchange.respond(ResponseHead(.noContent, extraHeaders: headers + CrossOrigin.preflightHeaders(request.facts)), body: "")
            return .answered
        }
        if query.transport == .unknown { return self.refuse(.unknownTransport, request, headers, on: exchange) }
        if verdict == .foreign {
            self.loop.tally.refuse(AccessRefusal.foreignOrigin.reason)
            self.access.note(.foreignOrigin, of: .connect, peer: exchange.clientAddress)
            return self.refuse(.forbidden, request, headers, on: exchange)
        }
        if query.transport == .webSocket, Self.hasOtherVersion(request) {
            let lines = "Sec-WebSocket-Version: 13\r\n"
            exchange.respond(ResponseHead(.upgradeRequired, .html, extraHeaders: lines, closes: true), body: "Upgrade Required")
            return .answered
        }
        switch query.session {
        case .none:
            return self.handshake(query, request, headers, on: exchange)
        case .malformed:
            return self.refuse(.unknownSession, request, headers, on: exchange)
        case .some(let session) where self.loop.directory.node.map { $0 != session.node } ?? false:
            self.loop.tally.refuse("other_node")
            // Of no use to a client, but to the person who wonders (contract 10).
            exchange.respond(
                ResponseHead(.badRequest, .json, extraHeaders: headers),
                body: #"{"code":1,"message":"Session ID unknown: another node has it, a proxy in front has to be sticky"}"#)
            return .answered
        case .some(let session) where session.loop >= self.loop.directory.count:
            return self.refuse(.unknownSession, request, headers, on: exchange)
        case .some(let session):
            if query.transport == .webSocket {
                return self.upgrade(session, request, headers, on: exchange)
            }
            return self.poll(session, request, headers, on: exchange)
        }
    }

    // MARK: - Handshake

    private func handshake(_ query: EngineQuery, _ request: Request, _ headers: String, on exchange: Exchange) -> Disposition {
        if request.method != .get { return self.refuse(.badHandshakeMethod, request, headers, on: exchange) }
        if query.transport == .webSocket, !Self.isUpgrade(request) { return self.refuse(.badRequest, request, headers, on: exchange) }
        if !query.isRevision4 { return self.refuse(.unsupportedVersion, request, headers, on: exchange) }
        // The listener is closed, but a connection may be older. Its session would come too late to be told to go.
        if exchange.isDraining {
            return self.refuseForNow("draining", #"{"detail":"The server is stopping"}"#, headers, closes: true, on: exchange)
        }
        if query.transport == .webSocket {
            let session = self.loop.makeSession(isWebSocket: true, address: exchange.clientAddress)
            self.accept(request, owner: session, on: exchange)
            return .answered
        }
        guard self.loop.directory.pollingPlaces.take(of: self.loop.settings.maximumPollingSessions) else {
            // As for a connection too many, which a session is to its client.
            let body: StaticString = #"{"detail":"The server has as many connections as it takes"}"#
            return self.refuseForNow("connections", body, headers, on: exchange)
        }
        let session = self.loop.makeSession(isWebSocket: false, address: exchange.clientAddress)
        session.hasPollingPlace = true
        self.loop.register(session)
        session.scheduleDeadline()
        // Alone: some clients take this body for one packet (protocol.md 1.4).
        exchange.respond(ResponseHead(.ok, .plainText, extraHeaders: headers + "Cache-Control: no-store\r\n"), body: session.openPacket)
        return .answered
    }

    static func isUpgrade(_ request: Request) -> Bool {
        let facts = request.facts
        guard request.method == .get, facts.upgradesToWebSocket, facts.webSocketKeyCount == 1, let key = facts.webSocketKey,
            let version = facts.webSocketVersion
        else { return false }
        return UpgradeRules.isValidKey(key.utf8.span) && UpgradeRules.isSupportedVersion(version.utf8.span)
    }

    /// RFC 6455 4.4: a client of another version is told which one to use.
    private static func hasOtherVersion(_ request: Request) -> Bool {
        guard request.facts.upgradesToWebSocket, let version = request.facts.webSocketVersion else { return false }
        return !UpgradeRules.isSupportedVersion(version.utf8.span)
    }

    private func accept(_ request: Request, owner: any WebSocketOwner, on exchange: Exchange) {
        exchange.upgrade(
            responding: WebSocketHandshake.response(
                key: request.facts.webSocketKey ?? "", offeredProtocols: request.facts.webSocketProtocol),
            to: WebSocketHandler(
                owner: owner, replacing: exchange, wheel: self.loop.wheel, tally: self.loop.tally, settings: self.loop.settings,
                sendsBase64: EngineQuery(request.target).wantsBase64))
    }

    // MARK: - Polls

    private func poll(_ session: SessionIdentifier, _ request: Request, _ headers: String, on exchange: Exchange) -> Disposition {
        let reply = PollReply(exchange, headers: headers)
        switch request.method {
        case .get:
            self.loop.directory.run(on: session.loop) { loop in
                if let session = loop.session(session) {
                    session.pollArrived(reply)
                } else {
                    reply.answer(.error(loop.hasMoved(session) ? .badRequest : .unknownSession))
                }
            }
            return .parked(by: self)
        case .post:
            if let type = request.facts.contentType, Self.isOctetStream(type) {
                self.loop.directory.run(on: session.loop) { $0.session(session)?.close(.parseError) }
                exchange.respond(ResponseHead(.badRequest, extraHeaders: headers), body: "")
                return .answered
            }
            self.loop.directory.run(on: session.loop) { loop in
                if let session = loop.session(session) {
                    session.postArrived(reply)
                } else {
                    reply.answer(.error(loop.hasMoved(session) ? .badRequest : .unknownSession))
                }
            }
            return .collectBody(by: self, limit: self.loop.settings.maximumPayload)
        default:
            self.loop.directory.run(on: session.loop) { loop in
                let isKnown = loop.session(session) != nil || loop.hasMoved(session)
                reply.answer(isKnown ? .unknownMethod : .error(.unknownSession))
            }
            return .parked(by: self)
        }
    }

    private static func isOctetStream(_ contentType: String) -> Bool {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 }
        return ASCII.equalsIgnoringCase(type.span, "application/octet-stream")
    }

    package func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {
        let reply = self.reply(to: request, on: exchange)
        self.withSession(of: request, or: { reply.answer(.error(.unknownSession)) }) { $0.post(body, reply) }
    }

    package func bodyTooLarge(_ request: Request, on exchange: Exchange) {
        let reply = self.reply(to: request, on: exchange)
        self.withSession(of: request) { $0.postTooLarge(reply) }
        reply.answer(.tooLarge)
    }

    package func exchangeAbandoned(_ request: Request, on exchange: Exchange) {
        let identifier = PollReply.Identifier(exchange)
        self.withSession(of: request) { session in
            session.pollLost(identifier)
            session.postLost(identifier)
        }
    }

    package func answerLost(_ request: Request) {
        guard request.method == .get else { return }
        self.withSession(of: request) { $0.answerLost() }
    }

    private func withSession(
        of request: Request, or missing: @escaping @Sendable () -> Void = {}, _ body: @escaping @Sendable (EngineSession) -> Void
    ) {
        let query = EngineQuery(request.target)
        guard case .some(let identifier) = query.session else { return }
        self.loop.directory.run(on: identifier.loop) { loop in
            if let session = loop.session(identifier) {
                body(session)
            } else {
                missing()
            }
        }
    }

    private func reply(to request: Request, on exchange: Exchange) -> PollReply {
        let origins = self.access.policy.origins
        let verdict = origins.judge(origin: request.facts.origin, host: request.facts.host)
        return PollReply(exchange, headers: CrossOrigin.headers(origins, verdict, origin: request.facts.origin))
    }

    // MARK: - Upgrade

    private func upgrade(_ session: SessionIdentifier, _ request: Request, _ headers: String, on exchange: Exchange) -> Disposition {
        guard Self.isUpgrade(request) else { return self.refuse(.badRequest, request, headers, on: exchange) }
        let candidate = self.loop.makeCandidate(for: session)
        let name = candidate.identifier
        let here = self.loop.index
        let answer = NIOLoopBound((self, candidate, exchange), eventLoop: exchange.eventLoop)
        self.loop.directory.run(on: session.loop) { loop in
            let action = loop.session(session)?.candidateArrived(name) ?? (loop.hasMoved(session) ? .acceptAndClose : .unknown)
            loop.directory.run(on: here) { _ in
                let (endpoint, candidate, exchange) = answer.value
                switch action {
                case .accept:
                    // It may have gone meanwhile; then nothing would ever end the candidate.
                    guard exchange.isAlive else {
                        return endpoint.loop.directory.run(on: session.loop) { $0.session(session)?.candidateLost(name) }
                    }
                    endpoint.loop.register(candidate)
                    endpoint.accept(request, owner: candidate, on: exchange)
                case .acceptAndClose:
                    endpoint.accept(request, owner: SurplusWebSocket(), on: exchange)
                case .unknown:
                    _ = endpoint.refuse(.unknownSession, request, headers, on: exchange)
                }
            }
        }
        return .parked(by: self)
    }

    // MARK: - Refusals

    private func refuseForNow(
        _ reason: StaticString, _ body: StaticString, _ headers: String, closes: Bool = false, on exchange: Exchange
    ) -> Disposition {
        self.loop.tally.refuse(reason)
        exchange.respond(
            ResponseHead(.serviceUnavailable, .json, extraHeaders: "Retry-After: 1\r\n" + headers, closes: closes), body: body)
        return .answered
    }

    /// An upgrade request gets the bare text, as its client cannot read a JSON body (protocol.md 1.3).
    private func refuse(_ error: EngineError, _ request: Request, _ headers: String, on exchange: Exchange) -> Disposition {
        let status: Status = error == .forbidden ? .forbidden : .badRequest
        if request.facts.upgradesToWebSocket {
            exchange.respond(ResponseHead(status, .html, extraHeaders: headers, closes: true), body: error.message)
        } else {
            exchange.respond(ResponseHead(status, .json, extraHeaders: headers), body: error.body)
        }
        return .answered
    }
}
