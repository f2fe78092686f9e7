import FanfareServer
import Telemetry

/// The reference page `docs/metrics.md`.
enum MetricsPage {
    static var markdown: String {
        var text = """
            # Metrics

            `GET /metrics` answers in the text format of Prometheus (version 0.0.4). This page is made from the lists in the code
            (`Sources/Telemetry/Metric.swift`, `Sources/FanfareServer/CountedReasons.swift`) and a test holds them together.

            An open server shows its metrics to whoever may ask it anything. Once there are keys, a key that may `read` is needed:
            `Authorization: Bearer <key>` or `X-API-Key: <key>`; 401 without one, 403 for one that may not. A web page of another origin needs
            such a key and has to be listed in `CORS_ORIGIN`.

            ```yaml
            scrape_configs:
              - job_name: fanfare
                authorization:
                  credentials_file: /etc/prometheus/fanfare.key
                static_configs:
                  - targets: ["push.example.org:8000"]
            ```

            A scrape asks every event loop for its counters and adds them up; no loop waits for another one, and the text is written on a thread
            that serves no connection. Its size does not depend on how many connections and channels there are: no label holds a channel's name
            or an address. Requests that come while a scrape is under way share the next one.

            [deploy/prometheus/alerts.yaml](../deploy/prometheus/alerts.yaml) has rules for alerts,
            [deploy/grafana/fanfare.json](../deploy/grafana/fanfare.json) is a dashboard.

            ## The list

            | metric | type | label | what |
            |---|---|---|---|

            """
        for metric in Metric.allCases {
            let label = metric.label.map { "`\($0)`" } ?? "–"
            text += "| `\(metric.rawValue)` | \(metric.kind.rawValue) | \(label) | \(metric.help) |\n"
        }
        let bounds = DurationHistogram.bounds.map { "\($0.label)" }.joined(separator: ", ")
        text += """

            Histograms have the buckets \(bounds) seconds.

            Counters begin at 0 with the process, and every reason and status is there from the start. A session that moves to another event
            loop with its upgrade is for a moment in neither's `fanfare_connections` and `fanfare_subscriptions`.

            What libraries beneath the server report through swift-metrics follows under their own names: counters with `_total`, timers as
            histograms with `_seconds`, at most \(LibraryMetrics.maximumSeries) series.

            ## Reasons

            `fanfare_refused_total` counts by `reason` what was not taken; the limits among them are in [limits.md](limits.md):
            \(Self.list(CountedReasons.refused)).

            `fanfare_cut_total` counts by `reason` what was ended by the server. A client that goes away is not counted:
            \(Self.list(CountedReasons.cut)).

            """
        return text
    }

    private static func list(_ reasons: Set<String>) -> String {
        reasons.sorted().map { "`\($0)`" }.joined(separator: ", ")
    }
}
