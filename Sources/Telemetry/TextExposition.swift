/// Writes the text format of Prometheus, version 0.0.4: for each family its `HELP` and `TYPE`, then its series.
package struct TextExposition: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// `HELP` and `TYPE` of the server's own metrics, made once.
    private static let heads: [Metric: [UInt8]] = Dictionary(
        uniqueKeysWithValues: Metric.allCases.map { metric in
            var text = TextExposition()
            text.begin(metric.rawValue, metric.kind, help: metric.help)
            return (metric, text.bytes)
        })

    package init() {
        self.bytes.reserveCapacity(16_384)
    }

    // MARK: - The server's own metrics

    package mutating func write(_ metric: Metric, _ value: Int) {
        self.begin(metric)
        self.sample(metric.rawValue, Self.number(value))
    }

    package mutating func write(_ metric: Metric, _ value: Double) {
        self.begin(metric)
        self.sample(metric.rawValue, Self.number(value))
    }

    /// A family whose series its label tells apart.
    /// - Parameter series: the label's values, each once, in the order in which they are written.
    package mutating func write(_ metric: Metric, _ series: [(value: String, count: Int)]) {
        self.begin(metric)
        for (value, count) in series {
            self.sample(metric.rawValue, labels: metric.label.map { Self.labels([($0, value)]) } ?? "", Self.number(count))
        }
    }

    package mutating func write(_ metric: Metric, _ histogram: DurationHistogram) {
        self.begin(metric)
        self.histogram(metric.rawValue, labels: "", histogram)
    }

    private mutating func begin(_ metric: Metric) {
        self.bytes += Self.heads[metric] ?? []
    }

    // MARK: - Any family

    mutating func begin(_ name: String, _ kind: MetricKind, help: String) {
        self.bytes += "# HELP \(name) ".utf8
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): self.bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): self.bytes += #"\n"#.utf8
            default: self.bytes.append(byte)
            }
        }
        self.bytes += "\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    /// - Parameter labels: what `labels(_:)` makes.
    mutating func sample(_ name: String, labels: String = "", _ value: String) {
        self.bytes += name.utf8
        if !labels.isEmpty { self.bytes += "{\(labels)}".utf8 }
        self.bytes.append(UInt8(ascii: " "))
        self.bytes += value.utf8
        self.bytes.append(UInt8(ascii: "\n"))
    }

    mutating func histogram(_ name: String, labels: String, _ histogram: DurationHistogram) {
        let separated = labels.isEmpty ? "" : labels + ","
        for (bound, count) in zip(DurationHistogram.bounds, histogram.cumulativeCounts) {
            self.sample(name + "_bucket", labels: separated + "le=\"\(bound.label)\"", Self.number(count))
        }
        self.sample(name + "_bucket", labels: separated + "le=\"+Inf\"", Self.number(histogram.count))
        self.sample(name + "_sum", labels: labels, Self.number(histogram.sum))
        self.sample(name + "_count", labels: labels, Self.number(histogram.count))
    }

    /// `name="value"`, joined by commas; `\`, `"` and line ends in values are escaped.
    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { name, value in
            var text: [UInt8] = []
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): text += #"\\"#.utf8
                case UInt8(ascii: "\""): text += #"\""#.utf8
                case UInt8(ascii: "\n"): text += #"\n"#.utf8
                default: text.append(byte)
                }
            }
            return "\(name)=\"\(String(decoding: text, as: UTF8.self))\""
        }.joined(separator: ",")
    }

    private static func number(_ value: Int) -> String { String(value) }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return String(value)
    }
}
