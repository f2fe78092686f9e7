import Foundation

/// What one operation of a benchmark takes.
struct Measurement {
    let benchmark: Benchmark
    /// Nanoseconds an operation, in the middle one of the rounds.
    let median: Double
    /// The same for the fastest round.
    let least: Double

    /// In the middle round; nil where a rate says nothing.
    var megabytesPerSecond: Double? {
        self.benchmark.bytes > 0 ? Double(self.benchmark.bytes) / self.median * 1e3 : nil
    }

    static let header =
        "benchmark".padding(toLength: 54, withPad: " ", startingAt: 0) + " "
        + ["median ns", "least ns", "MB/s"].map(Self.column).joined(separator: " ")

    var row: String {
        let name = "\(self.benchmark.name), a \(self.benchmark.unit)".padding(toLength: 54, withPad: " ", startingAt: 0)
        let rate = self.megabytesPerSecond.map { String(format: "%.0f", $0) } ?? "–"
        return name + " " + [Self.number(self.median), Self.number(self.least), rate].map(Self.column).joined(separator: " ")
    }

    var json: String {
        let rate = self.megabytesPerSecond.map { String(format: #","megabytesPerSecond":%.1f"#, $0) } ?? ""
        return #"{"name":"\#(self.benchmark.name)","unit":"\#(self.benchmark.unit)","#
            + String(format: #""medianNanoseconds":%.3f,"leastNanoseconds":%.3f"#, self.median, self.least) + rate + "}"
    }

    private static func number(_ value: Double) -> String {
        String(format: value < 100 ? "%.1f" : "%.0f", value)
    }

    private static func column(_ text: String) -> String {
        String(repeating: " ", count: max(0, 12 - text.count)) + text
    }
}
