import Telemetry
import Testing

@Suite("Duration histogram")
struct DurationHistogramTests {
    @Test("the bounds ascend, and each label is its bound in seconds")
    func bounds() {
        let seconds = DurationHistogram.bounds.map { Double($0.label.description) ?? 0 }
        #expect(seconds == seconds.sorted() && Set(seconds).count == seconds.count)
        // A duration on the bound belongs to it, one nanosecond more does not.
        for (index, bound) in seconds.enumerated() {
            let nanoseconds = Int64((bound * 1e9).rounded())
            var histogram = DurationHistogram()
            histogram.record(nanoseconds: nanoseconds)
            histogram.record(nanoseconds: nanoseconds + 1)
            let counts = histogram.cumulativeCounts
            #expect(counts[index] == 1)
            #expect(index == 0 || counts[index - 1] == 0)
            #expect(counts.dropFirst(index + 1).allSatisfy { $0 == 2 })
        }
    }

    @Test("what is above every bound is in the count and the sum only; what is below zero counts as zero")
    func extremes() {
        var histogram = DurationHistogram()
        histogram.record(nanoseconds: 60_000_000_000)
        #expect(histogram.cumulativeCounts.allSatisfy { $0 == 0 })
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .min)
        #expect(histogram.cumulativeCounts.allSatisfy { $0 == 2 })
        #expect(histogram.count == 3)
        #expect(histogram.sum == 60)
    }

    @Test("of two histograms the sum is as if one had recorded everything")
    func addition() {
        var first = DurationHistogram(), second = DurationHistogram(), both = DurationHistogram()
        for step in 0..<40 {
            let duration = Int64(1) << Int64(step)
            if step % 3 == 0 { first.record(nanoseconds: duration) } else { second.record(nanoseconds: duration) }
            both.record(nanoseconds: duration)
        }
        first.add(second)
        #expect(first == both)
        #expect(first.count == 40)
    }
}
