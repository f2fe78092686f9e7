import NIOCore
import NIOPosix
import WireBytes

/// Publishes messages of one event to one channel, one after the other, on a connection that is kept and, when the server has ended it in
/// between, made anew. Not Sendable: for one task.
package final class PublishClient {
    private let url: ServerURL
    private let request: PublishRequest
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private var connection: HTTPClientConnection?

    /// - Parameter key: a publish key without line ends, or nil.
    package init(url: ServerURL, channel: [UInt8], event: [UInt8], key: String?) {
        self.url = url
        self.request = PublishRequest(url: url, channel: channel, event: event, key: key)
    }

    /// - Parameter json: the message's bytes, which the server checks.
    /// - Returns: how many subscriptions the message was queued for; nil if the server does not say.
    package func publish(_ json: [UInt8]) async throws(PublishFailure) -> Int? {
        let connection = try await self.usableConnection()
        let answer: HTTPAnswer
        do {
            answer = try await connection.publish(self.request, ByteBuffer(bytes: json)).get()
        } catch {
            throw .unanswered
        }
        let body = answer.body.readableBytesUInt8Span
        guard answer.status == 200 else { throw .refused(status: answer.status, detail: RefusalText.detail(body)) }
        guard let object = try? JSONScanner.scan(body, maximumDepth: 128) else { return nil }
        return JSONLookup.number("subscribers", of: object, in: body)
    }

    /// To be called at the end.
    package func shutDown() async {
        try? await self.group.shutdownGracefully()
    }

    private func usableConnection() async throws(PublishFailure) -> HTTPClientConnection {
        if let connection, connection.isUsable { return connection }
        do {
            let connection = try await HTTPClientConnection.connect(to: self.url, on: self.group.next()).get()
            self.connection = connection
            return connection
        } catch {
            throw .unreachable(ConnectFailure.words(error))
        }
    }
}
