import WireBytes
import TestSupport
import Testing

@Suite("Coming back")
struct ReconnectDelayTests {
    @Test("waits longer each time, from half a second to ten, and begins anew after a success", arguments: 0..<20 as Range<UInt64>)
    func delays(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var delay = ReconnectDelay()
        for _ in 0..<2 {
            for step in [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000] as [Int64] {
                let next = delay.next(using: &generator)
                #expect((max(500, step / 2)...step).contains(next))
            }
            delay.reset()
        }
    }
}
