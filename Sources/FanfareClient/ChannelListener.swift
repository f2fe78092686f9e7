import NIOCore
import WireBytes

/// Listens to one channel, and comes back after a loss. Confined to its loop.
///
/// An event does not carry its channel, so every channel has a connection of its own.
final class ChannelListener: SocketIOClientDelegate {
    /// Fanfare's own largest message, with room for the packet around it.
    private static let maximumMessageBytes = 101_000_000

    private let url: ServerURL
    private let channel: [UInt8]
    private let eventLoop: any EventLoop
    private let reconnects: Bool
    private let output: any ListenOutput
    private let finish: (ListenOutcome) -> Void
    private var connection: SocketIOClientConnection?
    private var delay = ReconnectDelay()
    private var retry: Scheduled<Void>?
    private var hasSubscribed = false

    init(
        url: ServerURL, channel: [UInt8], eventLoop: any EventLoop, reconnects: Bool, output: any ListenOutput,
        finish: @escaping (ListenOutcome) -> Void
    ) {
        self.url = url
        self.channel = channel
        self.eventLoop = eventLoop
        self.reconnects = reconnects
        self.output = output
        self.finish = finish
    }

    func start() {
        let connection = SocketIOClientConnection(
            url: self.url, eventLoop: self.eventLoop, maximumMessageBytes: Self.maximumMessageBytes, delegate: self)
        self.connection = connection
        connection.connect()
    }

    func stop() {
        self.retry?.cancel()
        self.retry = nil
        self.connection?.close()
        self.connection = nil
    }

    // MARK: - SocketIOClientDelegate

    func socketConnected(_ connection: SocketIOClientConnection) {
        self.output.changed(.connected, of: self.channel)
        let channel = self.channel
        connection.subscribe(to: channel.span)
    }

    func socketAnswered(_ connection: SocketIOClientConnection, refusal: String?) {
        if let refusal { return self.finish(.refused(refusal)) }
        self.hasSubscribed = true
        self.delay.reset()
        self.output.changed(.subscribed, of: self.channel)
    }

    func socketReceived(_ packet: EventPacket, of text: Span<UInt8>, on connection: SocketIOClientConnection) {
        self.output.received(packet, of: text, on: self.channel)
    }

    func socketReadCompleted(_ connection: SocketIOClientConnection) {
        self.output.readCompleted()
    }

    func socketLost(_ connection: SocketIOClientConnection, _ loss: ConnectionLoss) {
        self.connection = nil
        if case .connectRefused = loss { return self.finish(.refused(loss.words)) }
        guard self.hasSubscribed, self.reconnects else { return self.finish(.lost(loss)) }
        var generator = SystemRandomNumberGenerator()
        let milliseconds = self.delay.next(using: &generator)
        self.output.changed(.lost(loss, retryMilliseconds: milliseconds), of: self.channel)
        self.retry = self.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.retry = nil
            self.start()
        }
    }
}
