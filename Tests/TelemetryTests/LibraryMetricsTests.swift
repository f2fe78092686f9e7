import CoreMetrics
import Telemetry
import Testing

@Suite("Metrics of libraries")
struct LibraryMetricsTests {
    private func lines(_ metrics: LibraryMetrics) -> [String] {
        var text = TextExposition()
        metrics.write(to: &text)
        return String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    @Test("counter, gauge, recorder and timer come out as what Prometheus calls them")
    func kinds() {
        let metrics = LibraryMetrics()
        Counter(label: "http.requests", dimensions: [("method", "GET")], factory: metrics).increment(by: 3)
        Meter(label: "pool.size", dimensions: [], factory: metrics).set(4)
        let gauge = Recorder(label: "depth", dimensions: [], aggregate: false, factory: metrics)
        gauge.record(7)
        gauge.record(5)
        let sizes = Recorder(label: "size", dimensions: [], aggregate: true, factory: metrics)
        sizes.record(7)
        sizes.record(0.5)
        Timer(label: "query", dimensions: [], factory: metrics).recordNanoseconds(200_000)
        let lines = lines(metrics)
        #expect(lines.contains("# TYPE http_requests_total counter"))
        #expect(lines.contains(#"http_requests_total{method="GET"} 3.0"#))
        #expect(lines.contains("# TYPE pool_size gauge") && lines.contains("pool_size 4.0"))
        #expect(lines.contains("# TYPE depth gauge") && lines.contains("depth 5.0"))
        #expect(lines.contains("# TYPE size summary") && lines.contains("size_sum 7.5") && lines.contains("size_count 2"))
        #expect(lines.contains("# TYPE query_seconds histogram"))
        #expect(lines.contains(#"query_seconds_bucket{le="0.0001"} 0"#) && lines.contains(#"query_seconds_bucket{le="0.00025"} 1"#))
    }

    @Test("the same name and labels are one series, in whatever order the labels come; others share the family")
    func sameSeries() {
        let metrics = LibraryMetrics()
        for dimensions in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")], [("a", "1"), ("b", "3")]] {
            Counter(label: "n", dimensions: dimensions, factory: metrics).increment()
        }
        #expect(
            lines(metrics) == [
                "# HELP n_total n, of a library.", "# TYPE n_total counter", #"n_total{a="1",b="2"} 2.0"#, #"n_total{a="1",b="3"} 1.0"#,
            ])
    }

    @Test("names are made valid, values escaped")
    func names() {
        let metrics = LibraryMetrics()
        Meter(label: "9 lives-é", dimensions: [("a:b", "\"\n")], factory: metrics).set(1)
        Meter(label: "", dimensions: [], factory: metrics).set(1)
        #expect(lines(metrics).contains(#"_9_lives___{a_b="\"\n"} 1.0"#))
        #expect(lines(metrics).contains("_ 1.0"))
    }

    @Test("past the bound, under a taken name or with a reserved label a series is taken and not shown, and that is counted")
    func bound() {
        let metrics = LibraryMetrics()
        Meter(label: "fanfare_channels", dimensions: [], factory: metrics).set(1)
        Counter(label: "fanfare_publishes", dimensions: [], factory: metrics).increment()
        Meter(label: "x", dimensions: [("le", "1")], factory: metrics).set(1)
        Meter(label: "y", dimensions: [], factory: metrics).set(1)
        Recorder(label: "y", dimensions: [], aggregate: true, factory: metrics).record(1)
        #expect(metrics.refusedSeries == 4)
        for number in 0..<2_000 { Counter(label: "n", dimensions: [("number", "\(number)")], factory: metrics).increment() }
        #expect(lines(metrics).filter { !$0.hasPrefix("#") }.count == LibraryMetrics.maximumSeries)
        #expect(metrics.refusedSeries == 4 + 2_001 - LibraryMetrics.maximumSeries)
        // Those that are shown go on counting.
        Counter(label: "n", dimensions: [("number", "0")], factory: metrics).increment()
        #expect(lines(metrics).contains(#"n_total{number="0"} 2.0"#))
    }

    @Test("many threads lose no count")
    func threads() async {
        let metrics = LibraryMetrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 { Counter(label: "n", dimensions: [], factory: metrics).increment() }
                }
            }
        }
        #expect(lines(metrics).last == "n_total 8000.0")
    }
}
