import NIOCore

/// Status and fields of one answer. Its length and `Connection` are the connection's business.
package struct ResponseHead: Sendable {
    package var status: Status
    package var contentType: ContentType?
    /// Zero or more complete `Name: value\r\n` lines, of our own making: nothing that a client sent goes in unless it was checked for CR, LF
    /// and NUL.
    package var extraHeaders: String
    /// The connection ends after this answer.
    package var closes: Bool
    /// It carries what the client is owed, once. The client comes back over this connection for the rest, so that a drain does not end it
    /// with this answer; and the endpoint hears if it could not be sent.
    package var isOwed = false

    package init(_ status: Status, _ contentType: ContentType? = nil, extraHeaders: String = "", closes: Bool = false) {
        self.status = status
        self.contentType = contentType
        self.extraHeaders = extraHeaders
        self.closes = closes
    }

    /// What the head says about the connection's future.
    enum Persistence: Equatable {
        /// HTTP/1.1 keeps alive without a word.
        case implied
        /// HTTP/1.0 wants to hear it.
        case keepAlive
        case close
    }

    /// Writes everything up to the empty line, which is included.
    /// - Parameter requestIdentifier: checked, so that it can stand in a header.
    func write(to buffer: inout ByteBuffer, bodyByteCount: Int, persistence: Persistence, requestIdentifier: String? = nil) {
        buffer.writeStaticString(self.status.line)
        if let contentType = self.contentType {
            buffer.writeStaticString(contentType.field)
        }
        if self.status.hasBody {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeDecimal(bodyByteCount)
            buffer.writeStaticString("\r\n")
        }
        switch persistence {
        case .implied: break
        case .keepAlive: buffer.writeStaticString("Connection: keep-alive\r\n")
        case .close: buffer.writeStaticString("Connection: close\r\n")
        }
        if !self.extraHeaders.isEmpty {
            buffer.writeString(self.extraHeaders)
        }
        if let requestIdentifier {
            buffer.writeStaticString("X-Request-ID: ")
            buffer.writeString(requestIdentifier)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }
}
