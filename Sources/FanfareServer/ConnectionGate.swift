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

    let maximum: Int
    private let maximumPerAddress: Int?
    private let open = Atomic<Int>(0)
    private let addresses = Mutex<[String: Int]>([:])

    init(maximum: Int, maximumPerAddress: Int?) {
        self.maximum = maximum
        self.maximumPerAddress = maximumPerAddress
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
        guard let address, let maximum = self.maximumPerAddress else { return false }
        return self.addresses.withLock { addresses in
            let count = addresses[address, default: 0] + step
            addresses[address] = count > 0 ? count : nil
            return count > maximum
        }
    }

    /// The address that a connection counts for; nil where none is counted, so that nothing is spent on its text.
    func address(of channel: any Channel) -> String? {
        self.maximumPerAddress == nil ? nil : channel.remoteAddress?.ipAddress
    }
}
