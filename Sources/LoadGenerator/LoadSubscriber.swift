import FanfareClient
import NIOCore

/// What a run hears from a subscriber, on whichever transport.
protocol LoadSubscriberOwner: AnyObject {
    func subscriberReady(_ subscriber: LoadSubscriber)
    func subscriberReceived(_ range: Range<Int>, of text: Span<UInt8>, _ subscriber: LoadSubscriber)
    /// Nothing more of what one read has brought.
    func subscriberReadCompleted()
    func subscriberLost(_ subscriber: LoadSubscriber, why: String)
}

/// One subscriber of one channel over a WebSocket. Confined to its loop.
class LoadSubscriber {
    let channel: Int
    let name: [UInt8]
    unowned let owner: any LoadSubscriberOwner
    /// Its number in the ledger, once it is subscribed.
    var number: Int?

    init(channel: Int, name: [UInt8], owner: any LoadSubscriberOwner) {
        self.channel = channel
        self.name = name
        self.owner = owner
    }

    func connect(to url: ServerURL, on eventLoop: any EventLoop) {}
    func close() {}

    func received(packet: EventPacket, of text: Span<UInt8>) {
        self.owner.subscriberReceived(packet.data, of: text, self)
    }
}

final class WebSocketSubscriber: LoadSubscriber, SocketIOClientDelegate {
    private var connection: SocketIOClientConnection?

    override func connect(to url: ServerURL, on eventLoop: any EventLoop) {
        let connection = SocketIOClientConnection(url: url, eventLoop: eventLoop, delegate: self)
        self.connection = connection
        connection.connect()
    }

    override func close() {
        self.connection?.close()
        self.connection = nil
    }

    func socketConnected(_ connection: SocketIOClientConnection) {
        let name = self.name
        connection.subscribe(to: name.span)
    }

    func socketAnswered(_ connection: SocketIOClientConnection, refusal: String?) {
        if let refusal { self.owner.subscriberLost(self, why: refusal) } else { self.owner.subscriberReady(self) }
    }

    func socketReceived(_ packet: EventPacket, of text: Span<UInt8>, on connection: SocketIOClientConnection) {
        self.received(packet: packet, of: text)
    }

    func socketReadCompleted(_ connection: SocketIOClientConnection) {
        self.owner.subscriberReadCompleted()
    }

    func socketLost(_ connection: SocketIOClientConnection, _ loss: ConnectionLoss) {
        self.owner.subscriberLost(self, why: loss.words)
    }
}
