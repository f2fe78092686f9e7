package import NIOCore
import NIOSSL

/// The server's certificate and key, ready for connections. Made at the start and when the configuration is read anew; used on every loop.
package struct ServerTLS: Sendable {
    private let context: NIOSSLContext

    /// TLS 1.2 and later; HTTP/1.1 is all that is offered (RFC 7301), since WebSockets start from it.
    /// - Parameters:
    ///   - certificatePath: PEM: the server's certificate, then those that signed it.
    ///   - keyPath: PEM.
    /// - Throws: `TLSFault`.
    package init(certificatePath: String, keyPath: String) throws(TLSFault) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
        } catch {
            throw TLSFault(message: "tls-certificate names \(certificatePath), which cannot be read or holds no PEM certificate")
        }
        guard !chain.isEmpty else { throw TLSFault(message: "tls-certificate names \(certificatePath), which holds no certificate") }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        } catch {
            throw TLSFault(message: "tls-key names \(keyPath), which cannot be read or holds no PEM private key")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            self.context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFault(message: "the key \(keyPath) does not belong to the certificate \(certificatePath)")
        }
    }

    /// Puts TLS into the pipeline of an accepted channel, in front of everything else. Called on the channel's loop.
    /// - Parameters:
    ///   - handshakes: those under way on this loop.
    ///   - deadline: for the handshake; past it the connection ends.
    package func configure(_ channel: any Channel, handshakes: HandshakeCount, deadline: TimeAmount) throws {
        let socket = SocketEnd()
        try channel.pipeline.syncOperations.addHandlers([
            socket, NIOSSLServerHandler(context: self.context), HandshakeHandler(handshakes, socket: socket, deadline: deadline),
        ])
    }
}
