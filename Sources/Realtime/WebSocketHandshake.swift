import Crypto
import HTTPEdge
import NIOCore
import WebSocketFraming
import WireBytes

/// The server's side of the opening handshake (RFC 6455 section 4.2).
enum WebSocketHandshake {
    /// The whole 101 answer. Extensions are never accepted; the first offered subprotocol is, as browsers fail a connection otherwise.
    static func response(key: String, offeredProtocols: String?) -> ByteBuffer {
        var hash = Insecure.SHA1()
        hash.update(data: Array(key.utf8))
        hash.update(data: Array(UpgradeRules.keySuffix.utf8))
        var accept: [UInt8] = []
        Base64.encode(Array(hash.finalize()).span, to: &accept)

        var buffer = ByteBuffer()
        buffer.writeStaticString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        buffer.writeBytes(accept)
        if let offered = offeredProtocols.map({ Array($0.utf8) }), let chosen = UpgradeRules.firstSubprotocol(in: offered.span) {
            buffer.writeStaticString("\r\nSec-WebSocket-Protocol: ")
            buffer.writeBytes(offered[chosen])
        }
        buffer.writeStaticString("\r\n\r\n")
        return buffer
    }
}
