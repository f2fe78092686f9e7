package import NIOCore

/// One request's place to be answered. Confined to its loop; answering twice, or after the connection has gone, does nothing.
package struct Exchange {
    private let connection: HTTPConnectionHandler
    /// Counts the requests of the connection.
    package let serial: UInt64

    init(connection: HTTPConnectionHandler, serial: UInt64) {
        self.connection = connection
        self.serial = serial
    }

    package var eventLoop: any EventLoop { self.connection.eventLoop }

    /// The same for all requests of a connection, and for no other as long as it lives.
    package var connectionIdentifier: ObjectIdentifier { ObjectIdentifier(self.connection) }

    /// - Parameters:
    ///   - bodyByteCount: exactly what `writeBody` writes.
    package func respond(_ head: ResponseHead, bodyByteCount: Int, _ writeBody: (inout ByteBuffer) -> Void) {
        self.connection.respond(to: self.serial, head, bodyByteCount: bodyByteCount, writeBody)
    }

    package func respond(_ head: ResponseHead, body: [UInt8]) {
        self.respond(head, bodyByteCount: body.count) { $0.writeBytes(body) }
    }

    package func respond(_ head: ResponseHead, body: StaticString) {
        self.respond(head, bodyByteCount: body.utf8CodeUnitCount) { $0.writeStaticString(body) }
    }

    /// Writes a 101 response and leaves the connection to `handler`, as its only one, together with the bytes that came behind the request.
    package func upgrade(responding response: ByteBuffer, to handler: any ChannelHandler) {
        self.connection.upgrade(self.serial, responding: response, to: handler)
    }
}

@available(*, unavailable) extension Exchange: Sendable {}
