package import TransportSecurity

/// Where certificate and key lie (contract 8).
package struct TLSSettings: Equatable, Sendable {
    package var certificatePath: String?
    package var keyPath: String?

    package init() {}

    /// Reads the files. Called at the start and when the configuration is read anew.
    /// - Throws: `TLSFault`. Nil without TLS.
    package func load() throws(TLSFault) -> ServerTLS? {
        guard let certificatePath, let keyPath else { return nil }
        return try ServerTLS(certificatePath: certificatePath, keyPath: keyPath)
    }

    package var isOn: Bool { self.certificatePath != nil || self.keyPath != nil }
}
