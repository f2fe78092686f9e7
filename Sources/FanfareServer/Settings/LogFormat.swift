/// How log lines are written.
package enum LogFormat: String, CaseIterable, Sendable {
    case logfmt
    case json
}
