import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a server whether it is alive.
package enum HealthProbe {
    /// - Returns: nil if `GET /livez` was answered with 200 in time; otherwise why not, for people.
    package static func problem(at url: ServerURL, withinMilliseconds milliseconds: Int64) async -> String? {
        let timeout = TimeAmount.milliseconds(milliseconds)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let problem = loop.makePromise(of: String?.self)
        loop.scheduleTask(in: timeout) { problem.succeed("no answer within \(milliseconds) ms") }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/livez", headers: ["Host": url.authority, "Connection": "close"])
        HTTPClientConnection.connect(to: url, on: loop, timeout: timeout)
            .flatMap { $0.send(head, body: nil) }
            .map { $0.status == 200 ? nil : Self.words($0) }
            .flatMapErrorThrowing { ConnectFailure.words($0) }
            .cascade(to: problem)
        let outcome: String?
        do {
            outcome = try await problem.futureResult.get()
        } catch {
            outcome = ConnectFailure.words(error)
        }
        try? await group.shutdownGracefully()
        return outcome
    }

    private static func words(_ answer: HTTPAnswer) -> String {
        let detail = RefusalText.detail(answer.body.readableBytesUInt8Span)
        return detail.isEmpty ? "it answered \(answer.status)" : "it answered \(answer.status): \(detail)"
    }
}
