/// Why the server did not start: one clear line and an exit code (contract 8).
package struct StartFault: Error, Equatable, Sendable {
    package enum Kind: Int32, Sendable {
        /// EX_UNAVAILABLE: the address is taken.
        case unavailable = 69
        /// EX_CONFIG.
        case configuration = 78
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
