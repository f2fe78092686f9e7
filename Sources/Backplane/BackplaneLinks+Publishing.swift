import Broadcast
import RESP

/// Publishes, on their way to Redis and back.
extension BackplaneLinks {
    /// How long a channel's position is remembered after its last message: a day.
    private static let positionLife = 86_400_000

    /// - Parameter isFirst: false when Redis did not know the script.
    func send(_ publish: Backplane.Publish, isFirst: Bool) {
        // Lost since the publisher was told to wait: nothing was sent, and that is known.
        guard self.commands.isReady else { return publish.done(.down) }
        let script = RedisScript.publish
        let keys = [RedisNames.position(of: publish.channel), RedisNames.counts(of: publish.channel)]
        let arguments: [RESPArgument] = [
            .bytes(RedisNames.messages(of: publish.channel)), .bytes(self.head),
            .bytes(Envelope.tail(event: publish.event, payload: publish.payload)), .bytes(self.generator.next().bigEndianBytes),
            .integer(Self.positionLife), .bytes(self.node), .integer(self.hub.subscribers(of: publish.channel)), .integer(Self.countLife),
        ]
        self.commands.send(script.command(isKnown: isFirst, keys: keys, arguments)) { [unowned self] reply in
            switch reply {
            case nil:
                self.tally.unanswered += 1
                publish.done(.unanswered)
            case .array(let parts):
                self.published(publish, parts)
            case .error(let text) where text.starts(with: "NOSCRIPT".utf8) && isFirst:
                self.send(publish, isFirst: false)
                self.commands.flush()
            case .error(let text):
                self.refused(text, publish)
            default:
                self.refused(Array("an answer of another shape".utf8), publish)
            }
        }
    }

    private func published(_ publish: Backplane.Publish, _ parts: [RESPValue]) {
        guard parts.count == 3, let epoch = parts[0].text, case .integer(let offset) = parts[1], case .integer(let sum) = parts[2],
            let position = Position(epoch: epoch, offset: offset)
        else { return self.refused(Array("an answer of another shape".utf8), publish) }
        self.tally.published += 1
        self.lastRefusal = nil
        let done = { publish.done(.accepted(subscribers: Int(sum))) }
        // Those who subscribe after the answer do not receive the message (contract 3): where it is heard here, it comes first.
        if self.followed.isLive(publish.channel), !AwaitedEchoes.isPast(position, self.followed.position(of: publish.channel)) {
            self.echoes.wait(for: position, in: publish.channel, until: self.clock() + RedisLink.patience, done)
        } else {
            done()
        }
    }

    private func refused(_ text: [UInt8], _ publish: Backplane.Publish) {
        let reason = String(decoding: text, as: UTF8.self)
        self.tally.refused += 1
        if reason != self.lastRefusal {
            self.lastRefusal = reason
            self.note(.refused(reason: reason))
        }
        publish.done(.down)
        // A Redis that has become somebody's copy does not become a master again by asking: its name may lead to the new one.
        if reason.hasPrefix("READONLY") { self.commands.fail("Redis is a read-only copy") }
    }
}
