/// What a family of series means to Prometheus; the raw value is the word in its `TYPE` line.
package enum MetricKind: String, Sendable {
    /// Only grows while the process lives.
    case counter
    case gauge
    case histogram
    /// Here a sum and a count, without quantiles.
    case summary
}
