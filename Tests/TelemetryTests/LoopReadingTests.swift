import Telemetry
import Testing

@Suite("Reading of a loop")
struct LoopReadingTests {
    /// A reading in which every figure has a value of its own.
    private func reading(_ factor: Int) -> LoopReading {
        var reading = LoopReading()
        for (index, figure) in self.figures.enumerated() { reading[keyPath: figure] = factor * (index + 1) }
        reading.refused = ["a": factor, "b\(factor)": factor]
        reading.cut = ["c": factor]
        reading.answers = [200: factor, 400 + factor: factor]
        for _ in 0..<factor {
            reading.publishDurations.record(nanoseconds: 1)
            reading.fanOutDurations.record(nanoseconds: 2)
            reading.lag.record(nanoseconds: 3)
        }
        return reading
    }

    private var figures: [WritableKeyPath<LoopReading, Int>] {
        [
            \.webSocketSessions, \.pollingSessions, \.subscriptions, \.publishes, \.deliveries, \.receivedBytes, \.sentBytes, \.queuedBytes,
            \.slowConnections, \.httpConnections, \.movedSessions, \.upgrades, \.completedHandshakes, \.failedHandshakes,
        ]
    }

    @Test("the sum adds every figure and every label")
    func sum() {
        var sum = reading(1)
        sum.add(reading(2))
        for (index, figure) in self.figures.enumerated() { #expect(sum[keyPath: figure] == 3 * (index + 1)) }
        #expect(sum.refused == ["a": 3, "b1": 1, "b2": 2])
        #expect(sum.cut == ["c": 3])
        #expect(sum.answers == [200: 3, 401: 1, 402: 2])
        #expect([sum.publishDurations.count, sum.fanOutDurations.count, sum.lag.count] == [3, 3, 3])
    }

    @Test("a server drains as soon as one of its loops does")
    func draining() {
        var sum = LoopReading()
        sum.isDraining = true
        sum.add(LoopReading())
        #expect(sum.isDraining)
        var other = LoopReading()
        other.add(sum)
        #expect(other.isDraining)
    }
}
