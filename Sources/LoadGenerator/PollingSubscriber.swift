import FanfareClient
import NIOCore
import WireBytes

/// One subscriber over long-polling: one keep-alive connection that carries its POSTs between its polls. Confined to its loop.
final class PollingSubscriber: LoadSubscriber {
    private static let base = "/socket.io/?EIO=4&transport=polling"
    private var connection: HTTPClientConnection?
    private var eventLoop: (any EventLoop)?
    private var target = base

    override func connect(to url: ServerURL, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        HTTPClientConnection.connect(to: url, on: eventLoop).whenComplete { result in
            switch result {
            case .success(let connection):
                bound.value.connection = connection
                bound.value.handshake(url)
            case .failure(let error):
                bound.value.lost("\(error)")
            }
        }
    }

    override func close() {
        let connection = self.connection
        self.connection = nil
        connection?.close()
    }

    private func lost(_ why: String) {
        guard let connection = self.connection else { return }
        self.connection = nil
        connection.close()
        self.owner.subscriberLost(self, why: why)
    }

    private func handshake(_ url: ServerURL) {
        self.exchange(url, nil) { subscriber, body in
            // `"sid":"…"` has the same form with every server.
            let text = String(decoding: body.readableBytesView, as: UTF8.self)
            guard let start = text.firstRange(of: "\"sid\":\""), let end = text[start.upperBound...].firstIndex(of: "\"") else {
                return subscriber.lost("no session")
            }
            subscriber.target = Self.base + "&sid=" + text[start.upperBound..<end]
            subscriber.exchange(url, "40") { subscriber, _ in
                var packet = Array(#"421["subscribe","#.utf8)
                let name = subscriber.name
                JSONText.appendQuoted(name.span, to: &packet)
                packet.append(UInt8(ascii: "]"))
                subscriber.exchange(url, String(decoding: packet, as: UTF8.self)) { $0.poll(url, $1) }
            }
        }
    }

    private func poll(_ url: ServerURL, _: ByteBuffer) {
        self.exchange(url, nil) { subscriber, body in
            let text = body.readableBytesUInt8Span
            var start = 0
            var answersPing = false
            for index in 0...text.count where index == text.count || text[index] == 0x1E {
                answersPing = subscriber.take(text.extracting(start..<index)) || answersPing
                start = index + 1
            }
            guard subscriber.connection != nil else { return }
            if answersPing { subscriber.exchange(url, "3") { $0.poll(url, $1) } } else { subscriber.poll(url, body) }
        }
    }

    /// - Returns: whether it was a ping.
    private func take(_ packet: Span<UInt8>) -> Bool {
        guard !packet.isEmpty else { return false }
        if let event = EventPacket(packet) {
            self.received(packet: event, of: packet)
        } else if packet[0] == UInt8(ascii: "2") {
            return true
        } else if packet[0] == UInt8(ascii: "1") {
            self.lost("the server closed the session")
        } else if packet.count > 2, packet[0] == UInt8(ascii: "4"), packet[1] == UInt8(ascii: "3") {
            self.owner.subscriberReady(self)
        }
        return false
    }

    private func exchange(_ url: ServerURL, _ body: String?, _ then: @escaping @Sendable (PollingSubscriber, ByteBuffer) -> Void) {
        guard let connection = self.connection, let eventLoop = self.eventLoop else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.owner.subscriberReadCompleted()
        connection.request(url, self.target, body: body.map { ByteBuffer(string: $0) }).whenComplete { result in
            switch result {
            case .success(let answer) where answer.status == 200: then(bound.value, answer.body)
            case .success(let answer): bound.value.lost("it answered \(answer.status)")
            case .failure(let error): bound.value.lost("\(error)")
            }
        }
    }
}
