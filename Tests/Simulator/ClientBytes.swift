/// What clients and publishers send.
enum ClientBytes {
    /// A masked frame (RFC 6455 5.2).
    static func frame(opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(truncatingIfNeeded: payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        }
        frame += key
        for (index, byte) in payload.enumerated() { frame.append(byte ^ key[index & 3]) }
        return frame
    }

    static func text(_ packet: String) -> [UInt8] {
        self.frame(opcode: 1, Array(packet.utf8))
    }

    static func get(_ query: String) -> [UInt8] {
        Array("GET /socket.io/?EIO=4&\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    }

    static func webSocket(_ query: String) -> [UInt8] {
        let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
        return Array("GET /socket.io/?EIO=4&transport=websocket\(query) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n".utf8)
    }

    static func post(_ path: String, _ body: [UInt8], type: String, fields: String = "") -> [UInt8] {
        Array("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n\(fields)Content-Length: \(body.count)\r\n\r\n".utf8)
            + body
    }
}
