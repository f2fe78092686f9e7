import Histogram
@testable import LoadGenerator
import Testing

@Suite("Ledger")
struct LedgerTests {
    /// A ledger with so many subscribers of one channel, and so many messages to it.
    private func ledger(subscribers: Int, messages: Int) -> Ledger {
        var ledger = Ledger(channels: 1)
        for _ in 0..<subscribers { _ = ledger.addSubscriber(of: 0) }
        for _ in 0..<messages { _ = ledger.addMessage(to: 0) }
        return ledger
    }

    @Test("all to everybody in one order is clean, and each message is complete with its last receiver")
    func clean() {
        var ledger = self.ledger(subscribers: 2, messages: 3)
        // The server's order is not that of the numbers.
        for number in [1, 0, 2] {
            let first = ledger.receive(number, by: 0, latency: 1_000)
            let last = ledger.receive(number, by: 1, latency: 3_000)
            #expect(!first && last)
        }
        #expect(ledger.expected == 6 && ledger.delivered == 6 && ledger.completed == 3)
        #expect(ledger.lost == 0 && ledger.doubled == 0 && ledger.outOfOrder == 0)
        #expect(ledger.latencies.valueAtPercentile(50) / 100 == 10)
    }

    @Test("a message that one subscriber does not get is lost once")
    func lost() {
        var ledger = self.ledger(subscribers: 3, messages: 1)
        _ = ledger.receive(0, by: 0, latency: 1)
        _ = ledger.receive(0, by: 2, latency: 1)
        #expect(ledger.lost == 1 && ledger.doubled == 0 && ledger.completed == 0)
    }

    @Test("a message that comes twice is doubled")
    func doubled() {
        var ledger = self.ledger(subscribers: 1, messages: 1)
        _ = ledger.receive(0, by: 0, latency: 1)
        _ = ledger.receive(0, by: 0, latency: 1)
        #expect(ledger.doubled == 1 && ledger.lost == 0)
    }

    @Test("two subscribers that see another order are noticed")
    func order() {
        var ledger = self.ledger(subscribers: 2, messages: 2)
        for number in [0, 1] { _ = ledger.receive(number, by: 0, latency: 1) }
        for number in [1, 0] { _ = ledger.receive(number, by: 1, latency: 1) }
        #expect(ledger.outOfOrder == 2 && ledger.lost == 0 && ledger.doubled == 0)
    }

    @Test("a latency beyond what is tracked counts as the longest that is")
    func longLatency() {
        var ledger = self.ledger(subscribers: 1, messages: 1)
        _ = ledger.receive(0, by: 0, latency: .max)
        #expect(ledger.latencies.totalCount == 1 && ledger.latencies.valueAtPercentile(100) >= 600_000_000_000)
    }

    @Test("what was refused, or published before somebody joined or after he left, is expected of nobody")
    func expected() {
        var ledger = self.ledger(subscribers: 1, messages: 1)
        let late = ledger.addSubscriber(of: 0)
        let refused = ledger.addMessage(to: 0)
        ledger.refuse(refused)
        ledger.removeSubscriber(late)
        _ = ledger.addMessage(to: 0)
        #expect(ledger.expected == 2)
        _ = ledger.receive(99, by: 0, latency: 1)
        #expect(ledger.delivered == 0, "a number that nobody has published")
    }
}
