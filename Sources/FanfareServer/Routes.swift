import AccessControl
import Console
import HTTPAPI
import HTTPEdge
import NIOCore
import Realtime

/// Finds the endpoint for each request. One a loop.
final class Routes: Endpoint {
    private let access: LoopAccess
    private let http: HTTPLoop
    private let publish: PublishEndpoint
    private let engine: EngineEndpoint
    private let liveness: LivenessEndpoint
    private let metrics: MetricsEndpoint
    private let channels: ChannelsEndpoint
    private let sockets: SocketsEndpoint
    private let console: ConsoleEndpoint
    private let pages = PagesEndpoint()

    init(
        access: LoopAccess, http: HTTPLoop, publish: PublishEndpoint, liveness: LivenessEndpoint, engine: EngineEndpoint,
        metrics: MetricsEndpoint, channels: ChannelsEndpoint, sockets: SocketsEndpoint, console: ConsoleEndpoint
    ) {
        self.access = access
        self.http = http
        self.liveness = liveness
        self.publish = publish
        self.engine = engine
        self.metrics = metrics
        self.channels = channels
        self.sockets = sockets
        self.console = console
    }

    func receiveHead(_ request: Request, on exchange: Exchange) -> Disposition {
        if let refusal = self.hostRefusal(request.facts) {
            self.http.tally.refuse(refusal.reason)
            self.access.note(refusal, of: .any, peer: exchange.clientAddress)
            exchange.refuse(
                .forbidden,
                "This server is open, so it answers to loopback names only (localhost, 127.0.0.1, [::1]):"
                    + " set FANFARE_PUBLISH_KEY, or FANFARE_INSECURE_OPEN=true")
            return .answered
        }
        if self.publish.owns(request.target) {
            return self.publish.receiveHead(request, on: exchange)
        }
        if request.target.hasPath("/socket.io/") || request.target.hasPath("/socket.io") {
            return self.engine.receiveHead(request, on: exchange)
        }
        if self.liveness.owns(request.target) {
            return self.liveness.receiveHead(request, on: exchange)
        }
        if self.metrics.owns(request.target) {
            return self.metrics.receiveHead(request, on: exchange)
        }
        if self.channels.owns(request.target) {
            return self.channels.receiveHead(request, on: exchange)
        }
        if self.sockets.owns(request.target) {
            return self.sockets.receiveHead(request, on: exchange)
        }
        if self.console.owns(request.target) {
            return self.console.receiveHead(request, on: exchange)
        }
        if self.pages.owns(request.target) {
            return self.pages.receiveHead(request, on: exchange)
        }
        exchange.refuseNotFound()
        return .answered
    }

    /// A proxy that is listed and open to the world would pass on what was rebound to it: both names have to be loopback.
    private func hostRefusal(_ facts: RequestFacts) -> AccessRefusal? {
        let policy = self.access.policy
        return policy.checkHost(facts.host) ?? facts.hostFromProxy.flatMap { policy.checkHost($0) }
    }

    func receiveBody(_ body: ByteBuffer, of request: Request, on exchange: Exchange) {}
    func bodyTooLarge(_ request: Request, on exchange: Exchange) {}
    func exchangeAbandoned(_ request: Request, on exchange: Exchange) {}
    func answerLost(_ request: Request) { self.engine.answerLost(request) }
}
