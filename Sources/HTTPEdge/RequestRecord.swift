package import NIOCore

/// A request and its answer, as the log tells them: nothing of a query, a body or a key.
package struct RequestRecord: Sendable {
    /// The client's `X-Request-ID`, or one that was made; the answer has it too.
    package let identifier: String
    package let method: String
    /// As it was sent, still encoded.
    package let path: String
    package let status: Int
    /// From the end of its head to its answer.
    package let duration: TimeAmount
    /// Without a port.
    package let peer: String?
    package let trace: TraceParent?
}

extension HTTPConnectionHandler {
    /// What the answer and the log call the request; nil if neither needs it.
    func identifier(of request: Request?) -> String? {
        if let given = request?.facts.requestIdentifier { return given }
        guard self.loop.requestAnswered != nil, request != nil else { return nil }
        let text = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// Tells the log, if it wants to hear of requests.
    func report(_ pending: PendingRequest?, identifier: String?, status: Int) {
        guard let answered = self.loop.requestAnswered, let pending, let identifier else { return }
        let request = pending.request
        let peer = self.context?.channel.remoteAddress
        let client = request.facts.forwardedFor.flatMap { header in
            peer.flatMap { self.loop.proxies.client(behind: $0, forwardedFor: header) }
        }
        answered(
            RequestRecord(
                identifier: identifier, method: request.methodName, path: request.target.pathText, status: status,
                duration: self.loop.eventLoop.now - pending.began, peer: client ?? peer?.ipAddress,
                trace: request.facts.traceParent.flatMap { TraceParent($0) }))
    }
}
