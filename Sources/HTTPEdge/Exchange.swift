package import NIOCore

/// One request's place to be answered. Confined to its loop; cheap to copy and to keep.
package struct Exchange {
    let connection: HTTPConnectionHandler
    /// Unique on its connection, ascending.
    package let serial: UInt64

    package var eventLoop: any EventLoop { self.connection.loop.eventLoop }

    /// The same for all exchanges of a connection while one of them is kept.
    package var connectionIdentifier: ObjectIdentifier { ObjectIdentifier(self.connection) }

    /// Where the request came from, without a port: what a listed proxy says, else the other end of the connection. Nil when the connection is
    /// gone, and for what is no IP connection. To be asked before the answer; made for each call.
    package var clientAddress: String? {
        guard let peer = self.connection.context?.channel.remoteAddress else { return nil }
        guard let forwardedFor = self.connection.current?.request.facts.forwardedFor else { return peer.ipAddress }
        return self.connection.loop.proxies.client(behind: peer, forwardedFor: forwardedFor)
    }

    /// When the request's head was complete; nil once it is answered.
    package var began: NIODeadline? { self.isAlive ? self.connection.current?.began : nil }

    /// No other handler, such as TLS, stands in front of the connection's.
    package var reachesSocket: Bool { self.connection.reachesSocket }

    /// Whether an answer would still be sent.
    package var isAlive: Bool { self.connection.machine.awaitsAnswer(self.serial) }

    /// The server is stopping: nothing new is begun.
    package var isDraining: Bool { self.connection.loop.isDraining }

    /// Answers: head and body leave in one buffer.
    /// - Parameters:
    ///   - bodyByteCount: exactly what `writeBody` appends; anything else becomes a 500.
    ///   - writeBody: not called for an exchange that is over.
    package func respond(_ head: ResponseHead, bodyByteCount: Int, _ writeBody: (inout ByteBuffer) -> Void) {
        self.connection.respond(to: self.serial, head, bodyByteCount: bodyByteCount, writeBody)
    }

    package func respond(_ head: ResponseHead, body: [UInt8]) {
        self.respond(head, bodyByteCount: body.count) { $0.writeBytes(body) }
    }

    package func respond(_ head: ResponseHead, body: StaticString) {
        self.respond(head, bodyByteCount: body.utf8CodeUnitCount) { $0.writeStaticString(body) }
    }

    /// Answers without a body.
    package func respond(_ head: ResponseHead) {
        self.respond(head, bodyByteCount: 0) { _ in }
    }

    /// Leaves HTTP: writes these response bytes (a whole 101), takes HTTP out of the pipeline, puts `handler` in as the only one and hands
    /// it what the client has already sent behind its request, as a `channelRead` and a `channelReadComplete`.
    ///
    /// At once if the request is complete, else when it is. `handler` is added only if the connection lives until then. For a request
    /// whose facts do not say `asksUpgrade` the answer is a 500.
    package func upgrade(responding: ByteBuffer, to handler: any ChannelHandler) {
        self.connection.upgrade(self.serial, responding: responding, to: handler)
    }
}

@available(*, unavailable) extension Exchange: Sendable {}
