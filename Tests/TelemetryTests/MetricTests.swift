import Telemetry
import Testing

@Suite("List of metrics")
struct MetricTests {
    @Test("names are words of lower case; counters end in _total, histograms in their unit", arguments: Metric.allCases)
    func names(metric: Metric) {
        let name = metric.rawValue
        #expect(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
        #expect(name.hasPrefix("fanfare_") || name.hasPrefix("process_"))
        #expect((metric.kind == .counter) == name.hasSuffix("_total"))
        #expect(metric.kind != .histogram || name.hasSuffix("_seconds"))
        #expect(!["_bucket", "_sum", "_count"].contains { name.hasSuffix($0) })
    }

    @Test("a help is one sentence on one line", arguments: Metric.allCases)
    func help(metric: Metric) {
        #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n") && !metric.help.contains("|"))
    }
}
