import SocketIO

/// One namespace membership of one session: what Socket.IO calls a socket. A small value that points to its connection.
package struct Socket {
    package let connection: SocketIOConnection
    /// nil for the main namespace.
    package let namespace: [UInt8]?

    package var session: EngineSession { self.connection.session }

    /// - Parameter arguments: a JSON array, the event's name first; with placeholders where `attachments` belong.
    package func emit(_ arguments: [UInt8], attachments: [[UInt8]] = []) {
        self.session.send(text: SocketReply.event(namespace: self.namespace, argumentsJSON: arguments, attachments: attachments.count))
        for attachment in attachments { self.session.send(binary: attachment) }
    }

    /// - Parameter id: the digits that the client sent.
    package func acknowledge(_ id: [UInt8], _ arguments: [UInt8], attachments: [[UInt8]] = []) {
        self.session.send(
            text: SocketReply.ack(namespace: self.namespace, id: id, argumentsJSON: arguments, attachments: attachments.count))
        for attachment in attachments { self.session.send(binary: attachment) }
    }
}
