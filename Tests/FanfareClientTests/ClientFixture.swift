import Crypto
import FanfareClient
import NIOCore
import NIOEmbedded
import Testing
import WebSocketFraming
import WireBytes

/// A client connection whose server is the test. Time passes only when the test says so.
final class ClientFixture {
    static let open = #"0{"sid":"abc","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}"#

    let channel = EmbeddedChannel()
    let delegate = RecordingDelegate()
    let connection: SocketIOClientConnection
    private var reader = MessageReader(limits: MessageLimits(), role: .server)

    init(subscribesTo channelName: String? = nil, maximumMessageBytes: Int = 1 << 20) throws {
        self.delegate.subscribesTo = channelName
        self.connection = SocketIOClientConnection(
            url: try ServerURL("http://127.0.0.1:8000"), eventLoop: self.channel.eventLoop, maximumMessageBytes: maximumMessageBytes,
            delegate: self.delegate)
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 8000)).wait()
        self.connection.begin(on: self.channel)
    }

    /// Connected and, if a channel was named, subscribed.
    static func connected(subscribesTo channelName: String? = nil) throws -> ClientFixture {
        let fixture = try ClientFixture(subscribesTo: channelName)
        try fixture.receive(try fixture.upgradeAnswer())
        try fixture.receive(Self.text(Self.open) + Self.text(#"40{"sid":"def"}"#))
        return fixture
    }

    var isActive: Bool { self.channel.isActive }
    var heard: [Heard] { self.delegate.heard }

    func receive(_ bytes: [UInt8]) throws {
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func advance(milliseconds: Int64) {
        self.channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
    }

    /// Takes the request, and makes the answer that it asks for.
    func upgradeAnswer() throws -> [UInt8] {
        let request = try #require(try self.channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) })
        #expect(request.hasPrefix("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n"))
        #expect(request.hasSuffix("\r\n\r\n"))
        let line = try #require(request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") })
        let key = Array(line.dropFirst(19).utf8)
        let isValidKey = UpgradeRules.isValidKey(key.span)
        #expect(isValidKey)
        var accept: [UInt8] = []
        Base64.encode(Array(Insecure.SHA1.hash(data: key + Array(UpgradeRules.keySuffix.utf8))).span, to: &accept)
        return Self.upgrade(accept: String(decoding: accept, as: UTF8.self))
    }

    static func upgrade(accept: String) -> [UInt8] {
        let lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(accept)"]
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// A server's frame.
    static func frame(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        FrameHeader.append(opcode: opcode, payloadByteCount: payload.count, to: &frame)
        return frame + payload
    }

    static func text(_ text: String) -> [UInt8] {
        self.frame(.text, Array(text.utf8))
    }

    /// What the client has sent since the last call, read as a server reads: what is not masked is a failure.
    func sent() throws -> [String] {
        var sent: [String] = []
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) {
            var bytes = Array(buffer.readableBytesView)[...]
            while true {
                let step = self.reader.read(bytes.span)
                bytes = bytes.dropFirst(step.consumed)
                guard let event = step.event else { break }
                switch event {
                case .text: sent.append(String(decoding: self.reader.payload, as: UTF8.self))
                case .pong: sent.append("pong \(String(decoding: self.reader.payload, as: UTF8.self))")
                case .close(let code): sent.append("close \(code?.rawValue ?? 0)")
                case .binary, .ping, .failure: sent.append("\(event)")
                }
            }
        }
        return sent
    }
}
