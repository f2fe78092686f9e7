/// What a key may be for (contract 6): `keys.<name>.may`.
package enum Permission: String, CaseIterable, Sendable {
    case publish
    /// Metrics, console data, tap, introspection.
    case read
    /// Disconnecting, the configuration.
    case admin
}
