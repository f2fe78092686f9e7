/// Why there is no TLS: one sentence for the operator.
package struct TLSFault: Error, Equatable, Sendable {
    package let message: String
}
