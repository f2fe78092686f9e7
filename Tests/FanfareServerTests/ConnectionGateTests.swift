@testable import FanfareServer
import Testing

@Suite("Connection gate")
struct ConnectionGateTests {
    @Test("at the limit admitted, past it told so, far past it dropped")
    func limit() {
        let gate = ConnectionGate(maximum: 2, maximumPerAddress: nil)
        #expect(gate.enter(nil) == .admitted && gate.enter(nil) == .admitted)
        for _ in 0..<ConnectionGate.surplus { #expect(gate.enter(nil) == .refused("connections")) }
        #expect(gate.enter(nil) == .dropped)
        for _ in 0..<(ConnectionGate.surplus + 2) { gate.leave(nil) }
        #expect(gate.openConnections == 1 && gate.enter(nil) == .admitted)
    }

    @Test("an address has its own limit, and gets its places back")
    func address() {
        let gate = ConnectionGate(maximum: 100, maximumPerAddress: 2)
        #expect(gate.enter("a") == .admitted && gate.enter("a") == .admitted && gate.enter("b") == .admitted)
        #expect(gate.enter("a") == .refused("connections_per_address"))
        gate.leave("a")
        gate.leave("a")
        #expect(gate.enter("a") == .admitted)
    }
}
