import HTTPEdge
import NIOCore
import Synchronization

/// How many connections there are, and from where; asked on every loop for each that is accepted (contract 7).
final class ConnectionGate: Sendable {
    enum Verdict: Equatable {
        case admitted
        /// One too many: there are descriptors left to say so.
        case refused(StaticString)
        /// Far too many: closed without a word.
        case dropped

        static func == (left: Verdict, right: Verdict) -> Bool {
            switch (left, right) {
            case (.admitted, .admitted), (.dropped, .dropped): true
            case (.refused(let left), .refused(let right)): left.description == right.description
            default: false
            }
        }
    }

    /// Connections above the limit that are told so at the same time.
    static let surplus = 32

    private let limit: Atomic<Int>
    /// 0: off.
    private let limitPerAddress: Atomic<Int>
    private let open = Atomic<Int>(0)
    private let addresses = Mutex<[String: Int]>([:])

    init(maximum: Int, maximumPerAddress: Int?) {
        self.limit = Atomic(maximum)
        self.limitPerAddress = Atomic(maximumPerAddress ?? 0)
    }

    var maximum: Int { self.limit.load(ordering: .relaxed) }

    /// Puts other limits in force; nobody who is in has to leave. Connections from before the count by address was on are not counted.
    func apply(maximum: Int, maximumPerAddress: Int?) {
        self.limit.store(maximum, ordering: .relaxed)
        self.limitPerAddress.store(maximumPerAddress ?? 0, ordering: .relaxed)
    }

    var openConnections: Int { self.open.load(ordering: .relaxed) }

    /// Every call is followed by one of `leave` with the same address, when the connection is closed.
    func enter(_ address: String?) -> Verdict {
        let count = self.open.add(1, ordering: .relaxed).newValue
        let isCrowded = self.countAddress(address, by: 1)
        if count > self.maximum + Self.surplus { return .dropped }
        if count > self.maximum { return .refused("connections") }
        return isCrowded ? .refused("connections_per_address") : .admitted
    }

    func leave(_ address: String?) {
        self.open.subtract(1, ordering: .relaxed)
        _ = self.countAddress(address, by: -1)
    }

    /// - Returns: whether there are more from there than may be.
    private func countAddress(_ address: String?, by step: Int) -> Bool {
        guard let address else { return false }
        let maximum = self.limitPerAddress.load(ordering: .relaxed)
        return self.addresses.withLock { addresses in
            let count = addresses[address, default: 0] + step
            addresses[address] = count > 0 ? count : nil
            return maximum > 0 && count > maximum
        }
    }

    /// The address that a connection counts for; nil where none is counted, so that nothing is spent on its text. A listed proxy has the
    /// connections of many: it is the one to limit them.
    func address(of channel: any Channel, proxies: ProxyList) -> String? {
        guard self.limitPerAddress.load(ordering: .relaxed) > 0, !proxies.contains(channel.remoteAddress) else { return nil }
        return channel.remoteAddress?.ipAddress
    }
}
