import EngineIO
import FuzzTargets
import WireBytes

/// Engine.IO packets as a server sends them.
enum ServerPackets {
    /// - Parameter body: of a poll's answer, packets with U+001E in between.
    /// - Returns: the ids that `open` packets carry.
    static func check(body: [UInt8]) throws(Fault) -> [String] {
        var sessions: [String] = []
        for packet in body.split(separator: 0x1E, omittingEmptySubsequences: false) { sessions += try self.check(packet: packet) }
        return sessions
    }

    static func check(packet: ArraySlice<UInt8>) throws(Fault) -> [String] {
        guard let text = String(validating: packet, as: UTF8.self) else { throw Fault("a packet that is no text") }
        switch packet.first.map({ Unicode.Scalar($0) }) {
        case "0":
            try self.checkJSON(packet.dropFirst())
            return [String(text.dropFirst(8).prefix(SessionIdentifier.byteCount))]
        case "1", "2", "6":
            try Fault.unless(packet.count == 1, "a packet with something behind it: \(text)")
        case "4":
            let content = packet.dropFirst(2).drop { (0x30...0x39).contains($0) }
            if content.first != UInt8(ascii: "/") { try self.checkJSON(content) }
        default:
            throw Fault("a server does not send \(text)")
        }
        return []
    }

    private static func checkJSON(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        let text = Array(bytes)
        try Fault.unless((try? JSONScanner.scan(text.span)) == 0..<text.count, "no JSON: \(String(decoding: text, as: UTF8.self))")
    }
}
