/// Bounds on what the hub accepts (contract 7).
package struct HubLimits: Sendable {
    /// Bytes accepted and not yet fanned out.
    package var pendingBytes = 64 * 1024 * 1024
    /// Messages accepted and not yet fanned out.
    package var pendingMessages = 10_000

    package init() {}
}
