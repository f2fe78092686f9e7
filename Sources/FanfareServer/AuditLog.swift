import AccessControl
import HTTPAPI
import Logging
import Synchronization

/// Tells the log who was refused access: the first of each reason at once, the others counted, every ten seconds. However many are refused,
/// that is at most a line a reason and `linesAReport` lines in ten seconds. Never a key, and nothing that a client has chosen but its address.
final class AuditLog: Sendable {
    static let linesAReport = 20

    private let logger: Logger
    /// A bit for each reason that was told since the last report.
    private let announced = Atomic<UInt32>(0)
    private let firsts: AsyncStream<Line>.Continuation
    /// Sockets disconnected since the last report.
    private let disconnections = Atomic<Int>(0)
    /// Writes what the loops must not wait for.
    private let writer: Task<Void, Never>

    private enum Line: Sendable {
        case refused(RefusalLedger.Entry)
        case disconnected(socket: String, SocketsEndpoint.Order)
    }

    init(logger: Logger) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Line.self, bufferingPolicy: .bufferingOldest(AccessRefusal.allCases.count + Self.linesAReport))
        self.logger = logger
        self.firsts = continuation
        self.writer = Task {
            for await line in stream {
                switch line {
                case .refused(let entry): Self.log(entry, count: 1, to: logger)
                case .disconnected(let socket, let order):
                    logger.notice(
                        "socket disconnected", metadata: ["socket": "\(socket)", "key": "\(order.keyName)", "peer": "\(order.peer)"])
                }
            }
        }
    }

    /// Called on any loop, for each refusal.
    /// - Returns: false if it has to be counted: its reason was told already, or the log does not keep up.
    func announce(_ entry: RefusalLedger.Entry) -> Bool {
        let bit: UInt32 = 1 << UInt32(entry.refusal.rawValue)
        guard self.announced.load(ordering: .relaxed) & bit == 0,
            self.announced.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
        else { return false }
        if case .enqueued = self.firsts.yield(.refused(entry)) { return true }
        return false
    }

    /// An administrator has ended a socket. Called on any thread; as many as `linesAReport` are told one by one, the others counted.
    func disconnected(_ socket: String, by order: SocketsEndpoint.Order) {
        let count = self.disconnections.add(1, ordering: .relaxed).newValue
        if count <= Self.linesAReport { self.firsts.yield(.disconnected(socket: socket, order)) }
    }

    /// - Parameter ledgers: of all loops, since the last report.
    func report(_ ledgers: [RefusalLedger]) {
        self.announced.store(0, ordering: .relaxed)
        let untold = self.disconnections.exchange(0, ordering: .relaxed) - Self.linesAReport
        if untold > 0 { self.logger.notice("further sockets disconnected", metadata: ["count": "\(untold)"]) }
        var counts: [RefusalLedger.Entry: Int] = [:]
        var others: [AccessRefusal: Int] = [:]
        for ledger in ledgers {
            counts.merge(ledger.counts, uniquingKeysWith: +)
            others.merge(ledger.others, uniquingKeysWith: +)
        }
        let sorted = counts.sorted { ($0.value, $1.key.peer) > ($1.value, $0.key.peer) }
        for (entry, count) in sorted.prefix(Self.linesAReport) { Self.log(entry, count: count, to: self.logger) }
        for (entry, count) in sorted.dropFirst(Self.linesAReport) { others[entry.refusal, default: 0] += count }
        for refusal in AccessRefusal.allCases {
            guard let count = others[refusal] else { continue }
            self.logger.notice("access refused to others", metadata: ["reason": "\(refusal.reason)", "count": "\(count)"])
        }
    }

    private static func log(_ entry: RefusalLedger.Entry, count: Int, to logger: Logger) {
        logger.notice(
            "access refused",
            metadata: [
                "reason": "\(entry.refusal.reason)", "action": "\(entry.activity.rawValue)", "key": "\(entry.keyName)",
                "peer": "\(entry.peer)", "count": "\(count)",
            ])
    }

    /// Writes what is still to be told.
    func end() async {
        self.firsts.finish()
        await self.writer.value
    }
}
