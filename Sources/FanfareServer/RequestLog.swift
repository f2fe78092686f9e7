import HTTPEdge
import Logging
import NIOCore
import Synchronization

/// A line for each request, at the level `debug`. The loops do not wait for the log: what it cannot take is counted.
final class RequestLog: Sendable {
    private static let capacity = 1_024

    private let lines: AsyncStream<RequestRecord>.Continuation
    private let writer: Task<Void, Never>
    private let dropped = Atomic<Int>(0)
    private let logger: Logger

    init(logger: Logger) {
        let (stream, continuation) = AsyncStream.makeStream(of: RequestRecord.self, bufferingPolicy: .bufferingOldest(Self.capacity))
        self.lines = continuation
        self.logger = logger
        self.writer = Task {
            for await record in stream { Self.log(record, to: logger) }
        }
    }

    /// Called on any loop, for each request that was answered.
    func note(_ record: RequestRecord) {
        if case .dropped = self.lines.yield(record) { self.dropped.add(1, ordering: .relaxed) }
    }

    /// Tells how many were left out since the last report.
    func report() {
        let count = self.dropped.exchange(0, ordering: .relaxed)
        if count > 0 { self.logger.notice("requests not logged", metadata: ["count": "\(count)"]) }
    }

    private static func log(_ record: RequestRecord, to logger: Logger) {
        var metadata: Logger.Metadata = [
            "request": "\(record.identifier)", "method": "\(record.method)", "path": "\(record.path)", "status": "\(record.status)",
            "us": "\(record.duration.nanoseconds / 1_000)", "peer": "\(record.peer ?? "")",
        ]
        if let trace = record.trace {
            metadata["trace_id"] = "\(trace.traceIdentifier)"
            metadata["span_id"] = "\(trace.spanIdentifier)"
        }
        logger.debug("request", metadata: metadata)
    }

    /// Writes what is still to be told.
    func end() async {
        self.lines.finish()
        await self.writer.value
        self.report()
    }
}
