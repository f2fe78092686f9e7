import FuzzTargets
import NIOCore
import NIOEmbedded
import WireBytes

/// One connection, played from the client's side with the bytes that would be on the wire. What comes back has to be HTTP answers and,
/// behind a 101, frames whose packets a client understands.
final class PlayedClient {
    private let channel: EmbeddedChannel
    private let transport = EmbeddedTransport()
    private var unread: [UInt8] = []
    private var isWebSocket = false
    private var hasClosed = false
    /// The number of the latest message; a WebSocket has them in order, each once.
    private var latest = 0
    /// Bytes that the fuzzer chose went out as they are: it may have asked for anything.
    private var isFree = false

    init(_ channel: EmbeddedChannel) throws(Fault) {
        self.channel = channel
        do {
            try channel.pipeline.syncOperations.addHandler(self.transport)
        } catch {
            throw Fault("no pipeline: \(error)")
        }
    }

    var isOpen: Bool { self.channel.isActive }

    var isStalled: Bool {
        get { self.transport.isStalled }
        set {
            self.transport.isStalled = newValue
            if !newValue { self.channel.flush() }
        }
    }

    func disconnect() {
        self.isStalled = false
        self.channel.close(promise: nil)
    }

    // MARK: - Out

    func send(_ bytes: [UInt8]) throws(Fault) {
        self.isFree = true
        try self.write(bytes)
    }

    func get(_ query: String) throws(Fault) {
        try self.write(Array("GET /socket.io/?EIO=4&\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    }

    func post(_ query: String, _ body: [UInt8]) throws(Fault) {
        let head = "POST /socket.io/?EIO=4&\(query) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n"
        try self.write(Array(head.utf8) + body)
    }

    func upgrade(_ query: String) throws(Fault) {
        let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
        try self.write(Array("GET /socket.io/?EIO=4&\(query) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n".utf8))
    }

    /// One masked frame of at most 255 bytes.
    func send(frame first: UInt8, _ payload: [UInt8]) throws(Fault) {
        let length: [UInt8] = payload.count > 125 ? [0xFE, 0, UInt8(payload.count)] : [0x80 | UInt8(payload.count)]
        try self.write([first] + length + [1, 2, 3, 4] + payload.enumerated().map { $1 ^ UInt8($0 % 4 + 1) })
    }

    private func write(_ bytes: [UInt8]) throws(Fault) {
        guard self.channel.isActive else { return }
        do {
            try self.channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch {
            throw Fault("the pipeline throws \(error)")
        }
    }

    // MARK: - In

    /// Takes apart what has come.
    /// - Returns: ids of sessions that were opened.
    func read() throws(Fault) -> [String] {
        do {
            while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) { self.unread += buffer.readableBytesView }
        } catch {
            throw Fault("no outbound bytes: \(error)")
        }
        var sessions: [String] = []
        if !self.isWebSocket {
            var rest = self.unread[...]
            for answer in try Answer.take(from: &rest, hasHead: self.isFree) {
                if answer.status == 101 { self.isWebSocket = true }
                guard answer.status == 200, let body = answer.body, answer.fields.contains("Content-Type: text/plain; charset=UTF-8") else {
                    continue
                }
                sessions += try ServerPackets.check(body: body)
            }
            self.unread = Array(rest)
        }
        if self.isWebSocket { sessions += try self.readFrames() }
        return sessions
    }

    private func readFrames() throws(Fault) -> [String] {
        var sessions: [String] = []
        var rest = self.unread[...]
        self.unread = []
        while let frame = try ServerFrame.take(from: &rest) {
            try Fault.unless(!self.hasClosed, "a frame behind the close frame")
            switch frame.opcode {
            case 1:
                // The probe's answer is the only packet that a client sends as well.
                guard !frame.payload.elementsEqual("3probe".utf8) else { continue }
                sessions += try ServerPackets.check(packet: frame.payload[...])
                try self.noteMessage(frame.payload)
            case 8: self.hasClosed = true
            default: try Fault.unless(frame.opcode == 10, "a frame with opcode \(frame.opcode)")
            }
        }
        try Fault.unless(rest.isEmpty, "half a frame")
        return sessions
    }

    private func noteMessage(_ packet: [UInt8]) throws(Fault) {
        guard packet.starts(with: "42[\"e\",".utf8) else { return }
        let number = Int(String(decoding: packet.dropFirst(7).prefix { (0x30...0x39).contains($0) }, as: UTF8.self)) ?? 0
        try Fault.unless(number > self.latest, "message \(number) comes behind message \(self.latest)")
        self.latest = number
    }
}
