import Broadcast
import HTTPEdge
import NIOCore

/// Publishing to all nodes (contract 10): the answer waits for the bus, and the loop does not.
extension PublishEndpoint {
    func publish(_ message: Message, over bus: any MessageBus, _ request: Request, on exchange: Exchange) {
        let payload = message.body.getBytes(at: message.body.readerIndex + message.value.lowerBound, length: message.value.count) ?? []
        let eventLoop = exchange.eventLoop
        self.http.begunPublishes += 1
        self.onTheBus.insert(exchange.connectionIdentifier)
        let answer = NIOLoopBound(
            { (outcome: BusOutcome) in self.ended(message, outcome, request, on: exchange) }, eventLoop: eventLoop)
        bus.publish(channel: message.channel, event: message.event, payload: payload) { outcome in
            // Also from this loop in a later turn: the endpoint has not returned yet.
            eventLoop.execute { answer.value(outcome) }
        }
    }

    func awaitsBus(on exchange: Exchange) -> Bool {
        self.onTheBus.contains(exchange.connectionIdentifier)
    }

    private func ended(_ message: Message, _ outcome: BusOutcome, _ request: Request, on exchange: Exchange) {
        self.http.begunPublishes -= 1
        self.onTheBus.remove(exchange.connectionIdentifier)
        switch outcome {
        case .accepted(let subscribers):
            self.accepted(message, subscribers: subscribers, request, on: exchange)
        case .overloaded:
            self.refuseOverload(request, on: exchange)
        case .down:
            self.http.tally.refuse("backplane_down")
            exchange.refuse(
                .serviceUnavailable, "The other nodes cannot be reached; nothing was sent",
                extraHeaders: "Retry-After: 1\r\n" + self.access.lines(request))
        case .unanswered:
            self.http.tally.refuse("backplane_unanswered")
            exchange.refuse(
                .gatewayTimeout, "Nobody knows whether it was sent: Redis has not answered", extraHeaders: self.access.lines(request))
        }
    }
}
