package import NIOCore

/// A server's answer to one request.
package struct HTTPAnswer: Equatable, Sendable {
    /// More of a body is dropped.
    package static let maximumBodyBytes = 1 << 20

    package var status: Int
    package var body: ByteBuffer

    package init(status: Int, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.body = body
    }
}
