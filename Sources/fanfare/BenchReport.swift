import FanfareClient
import Foundation
import LoadGenerator

/// A run's result for people and for programs.
struct BenchReport {
    private let result: LoadResult
    private let plan: LoadPlan

    init(_ result: LoadResult, plan: LoadPlan) {
        self.result = result
        self.plan = plan
    }

    /// Everything that was published reached everybody once and in order.
    var isClean: Bool {
        let result = self.result
        return result.lost == 0 && result.doubled == 0 && result.outOfOrder == 0 && result.refused.isEmpty && result.connectionsLost.isEmpty
    }

    var table: String {
        let result = self.result
        var rows: [(String, String)] = [
            ("server", "\(self.plan.url.text), \(self.plan.transport.rawValue)"),
            ("subscribers", "\(result.subscribers) on \(self.plan.channels) channel(s)"),
            ("published", "\(result.published) (\(Self.rounded(result.publishesPerSecond))/s), \(self.plan.size) bytes each"),
            ("delivered", "\(result.delivered) (\(Self.rounded(result.deliveriesPerSecond))/s)"),
            ("lost, doubled, out of order", "\(result.lost), \(result.doubled), \(result.outOfOrder)"),
        ]
        rows += result.latency.map { ("latency \($0.name)", Self.time($0.microseconds)) }
        if let cpu = result.cpuPerDelivery { rows.append(("server CPU a delivery", "\(Self.rounded(cpu)) µs")) }
        if let cores = result.cores { rows.append(("server CPU", "\(Self.rounded(cores)) cores")) }
        if let cpu = result.cpuPerConnect { rows.append(("server CPU a connect and subscribe", "\(Self.rounded(cpu)) µs")) }
        if let bytes = result.residentBytes { rows.append(("server memory", "\(Self.rounded(bytes / 1_048_576)) MiB")) }
        if let bytes = result.residentBytesPerConnection {
            rows.append(("server memory a connection", "\(Self.rounded(bytes / 1_024)) KiB"))
        }
        for (why, count) in result.refused.sorted(by: { $0.key < $1.key }) { rows.append(("publishes refused", "\(count): \(why)")) }
        for (why, count) in result.connectionsLost.sorted(by: { $0.key < $1.key }) { rows.append(("connections lost", "\(count): \(why)")) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 + "\n" }.joined()
    }

    /// One line. Times in microseconds; what was not measured is null.
    var json: String {
        let result = self.result
        var object: [String: Any] = [
            "url": self.plan.url.text, "transport": self.plan.transport.rawValue, "subscribers": result.subscribers,
            "channels": self.plan.channels, "publishers": self.plan.publishers, "size": self.plan.size,
            "duration_s": Double(self.plan.duration) / 1_000, "published": result.published, "refused": result.refused,
            "connections_lost": result.connectionsLost, "delivered": result.delivered, "expected": result.expected, "lost": result.lost,
            "doubled": result.doubled, "out_of_order": result.outOfOrder, "deliveries_per_s": Self.number(result.deliveriesPerSecond),
            "publishes_per_s": Self.number(result.publishesPerSecond), "cpu_us_per_delivery": Self.number(result.cpuPerDelivery),
            "cpu_us_per_connect": Self.number(result.cpuPerConnect), "cores": Self.number(result.cores),
            "rss_bytes": Self.number(result.residentBytes), "rss_bytes_per_connection": Self.number(result.residentBytesPerConnection),
        ]
        switch self.plan.pace {
        case .open(let rate): object["rate"] = rate
        case .closed(let window): object["window"] = window
        }
        object["latency_us"] = Dictionary(uniqueKeysWithValues: result.latency.map { ($0.name, Self.number($0.microseconds)) })
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
    }

    private static func number(_ value: Double?) -> Any {
        value.map { NSDecimalNumber(string: String(format: "%.3f", $0)) } ?? NSNull()
    }

    private static func rounded(_ value: Double) -> String {
        value >= 100 ? "\(Int(value.rounded()))" : String(format: "%.3g", value)
    }

    private static func time(_ microseconds: Double) -> String {
        microseconds >= 10_000 ? "\(self.rounded(microseconds / 1_000)) ms" : "\(self.rounded(microseconds)) µs"
    }
}
