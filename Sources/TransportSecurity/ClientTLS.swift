package import NIOCore
import NIOSSL

/// Whom a client command trusts. Used on any loop.
package final class ClientTLS: Sendable {
    private let context: NIOSSLContext

    /// - Parameter rootsPath: PEM file of authorities; nil for the system's.
    /// - Throws: `TLSFault`.
    package init(rootsPath: String?) throws(TLSFault) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            if let rootsPath { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(rootsPath)) }
            self.context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFault(message: "the certificates of the authorities (\(rootsPath ?? "the system's")) cannot be read")
        }
    }

    /// Puts TLS into the pipeline of a channel, in front of everything else. Called on the channel's loop.
    /// - Parameter host: a name or an address; the certificate has to be for it.
    package func configure(_ channel: any Channel, host: String) throws {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: self.context, serverHostname: isAddress ? nil : host)
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
