package import CoreMetrics
import Synchronization

/// What packages beneath the server report through swift-metrics, for `/metrics`: counters, gauges, recorders as summaries, timers as
/// histograms. One a process, used from any thread. Bounded: what comes past the bound is taken and not shown.
package final class LibraryMetrics: MetricsFactory {
    /// Series that are shown.
    package static let maximumSeries = 500

    private struct Family {
        let kind: MetricKind
        /// As the library names it.
        let label: String
        /// By their labels as they are written.
        var series: [String: LibrarySeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var seriesCount = 0
        var refused = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Series that are not shown.
    package var refusedSeries: Int { self.state.withLock { $0.refused } }

    package func write(to text: inout TextExposition) {
        let families = self.state.withLock { $0.families }
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.begin(name, family.kind, help: "\(family.label), of a library.")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                let reading = series.reading
                switch family.kind {
                case .counter, .gauge:
                    text.sample(name, labels: labels, TextExposition.number(reading.value))
                case .histogram:
                    text.histogram(name, labels: labels, reading.durations)
                case .summary:
                    text.sample(name + "_sum", labels: labels, TextExposition.number(reading.value))
                    text.sample(name + "_count", labels: labels, String(reading.count))
                }
            }
        }
    }

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: MetricKind) -> LibrarySeries {
        let name = Self.name(label, kind)
        // A label that comes twice would make the whole text unreadable: the first counts.
        var names: Set<String> = []
        let labels = dimensions.map { (Self.word($0.0, mayHaveColons: false), $0.1) }.filter { names.insert($0.0).inserted }
        let key = TextExposition.labels(labels.sorted { $0.0 < $1.0 })
        return self.state.withLock { state in
            if let family = state.families[name], family.kind == kind, let known = family.series[key] { return known }
            let series = LibrarySeries(kind)
            let isTaken = Metric(rawValue: name) != nil || state.families[name].map { $0.kind != kind } ?? false
            let hasReservedLabel = labels.contains { $0.0 == "le" || $0.0 == "quantile" || $0.0.hasPrefix("__") }
            guard !isTaken, !hasReservedLabel, state.seriesCount < Self.maximumSeries else {
                state.refused &+= 1
                return series
            }
            state.seriesCount += 1
            state.families[name, default: Family(kind: kind, label: label)].series[key] = series
            return series
        }
    }

    /// With the suffix that Prometheus expects of the kind.
    private static func name(_ label: String, _ kind: MetricKind) -> String {
        let name = Self.word(label, mayHaveColons: true)
        return switch kind {
        case .counter: name.hasSuffix("_total") ? name : name + "_total"
        case .histogram: name.hasSuffix("_seconds") ? name : name + "_seconds"
        case .gauge, .summary: name
        }
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`; of a label's name without colons. Anything else becomes `_`.
    private static func word(_ text: String, mayHaveColons: Bool) -> String {
        var bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case UInt8(ascii: ":") where mayHaveColons: byte
            default: UInt8(ascii: "_")
            }
        }
        if bytes.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - swift-metrics

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.series(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.series(label, dimensions, .gauge)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        self.series(label, dimensions, aggregate ? .summary : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.series(label, dimensions, .histogram)
    }

    /// What was counted stays: a series that comes back goes on where it was.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
