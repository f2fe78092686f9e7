@testable import Telemetry
import Testing

@Suite("Text exposition")
struct TextExpositionTests {
    private func text(_ write: (inout TextExposition) -> Void) -> String {
        var text = TextExposition()
        write(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test("a family is its HELP, its TYPE and its series")
    func families() {
        #expect(
            text { $0.write(.channels, 7) } == """
                # HELP fanfare_channels Channels with at least one subscription.
                # TYPE fanfare_channels gauge
                fanfare_channels 7

                """)
        #expect(
            text { $0.write(.connections, [("websocket", 2), ("polling", 0)]) }.split(separator: "\n").suffix(2) == [
                #"fanfare_connections{transport="websocket"} 2"#, #"fanfare_connections{transport="polling"} 0"#,
            ])
    }

    @Test("a histogram's buckets are cumulative, the last is +Inf and equals the count")
    func histogram() {
        var histogram = DurationHistogram()
        for nanoseconds in [90_000, 100_000, 240_000, 3_000_000_000, 20_000_000_000] as [Int64] {
            histogram.record(nanoseconds: nanoseconds)
        }
        let lines = text { $0.write(.loopLag, histogram) }.split(separator: "\n").map { String($0) }
        let name = "fanfare_eventloop_lag_seconds"
        #expect(lines[1] == "# TYPE \(name) histogram")
        #expect(lines[2] == #"\#(name)_bucket{le="0.0001"} 2"#)
        #expect(lines[3] == #"\#(name)_bucket{le="0.00025"} 3"#)
        #expect(lines.contains(#"\#(name)_bucket{le="2.5"} 3"#) && lines.contains(#"\#(name)_bucket{le="5"} 4"#))
        #expect(lines.suffix(3) == [#"\#(name)_bucket{le="+Inf"} 5"#, "\(name)_sum 23.00043", "\(name)_count 5"])
        #expect(lines.count == 2 + DurationHistogram.bounds.count + 3)
    }

    @Test("what would break a line or a quote is escaped")
    func escapes() {
        #expect(text { $0.begin("a", .gauge, help: "one\\two\nthree \"four\"") }.hasPrefix("# HELP a one\\\\two\\nthree \"four\"\n"))
        #expect(TextExposition.labels([("a", "\\ \" \n é"), ("b", "")]) == #"a="\\ \" \n é",b="""#)
    }

    @Test("numbers that are none", arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.25, "0.25"), (0, "0.0")])
    func numbers(value: Double, expected: String) {
        #expect(TextExposition.number(value) == expected)
    }

    @Test("a server's reading has every metric of the list, once and in its order")
    func everyMetric() {
        var reading = ServerReading()
        reading.process = ProcessReading()
        reading.backplane = BackplaneReading()
        reading.backplane?.publishes = [("accepted", 1)]
        reading.backplane?.messages = [("delivered", 1)]
        let lines = text { reading.write(to: &$0) }.split(separator: "\n")
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
        #expect(types == Metric.allCases.map(\.rawValue))
        let samples = Set(lines.filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != " " && $0 != "{" } })
        for metric in Metric.allCases where metric.kind != .histogram && metric.label != "reason" && metric.label != "code" {
            #expect(samples.contains(metric.rawValue[...]), "\(metric.rawValue) has no series")
        }
    }

    @Test("without /proc its metrics are left out, not zero")
    func noProcess() {
        #expect(!text { ServerReading().write(to: &$0) }.contains("process_"))
    }
}
