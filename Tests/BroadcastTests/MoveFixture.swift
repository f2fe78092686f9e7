@testable import Broadcast
import NIOCore
import NIOEmbedded

/// A subscriber on its way to another loop, where it will be a new one, as a session is.
final class Arrival {
    /// What its old loop still held for it.
    var rest: [String] = []
    let subscriber = RecordingSubscriber()
    fileprivate(set) var hasArrived = false
    /// Everything received since the departure.
    var texts: [String] { self.rest + self.subscriber.texts }
}

extension HubFixture {
    /// Takes a subscriber off one loop; it arrives when the other one turns.
    func move(_ subscriber: Subscriber, from origin: Int, to destination: Int) -> Arrival {
        let arrival = Arrival()
        let bound = NIOLoopBound(arrival, eventLoop: self.loops[destination])
        self.shards[origin].move(subscriber, to: destination) { rest, placements in
            arrival.rest = rest.map { String(buffer: $0.packet) }
            return { shard in
                shard.resume(bound.value.subscriber, placements)
                bound.value.hasArrived = true
            }
        }
        return arrival
    }

    /// Names of channels that share one stripe, or have one each.
    static func channels(_ count: Int, sharingStripe: Bool) -> [String] {
        var channels: [String] = []
        var stripes: Set<Int> = []
        for number in 0... {
            let stripe = name("c\(number)").stripe(of: Hub.stripeCount)
            if channels.isEmpty || stripes.contains(stripe) == sharingStripe {
                channels.append("c\(number)")
                stripes.insert(stripe)
            }
            if channels.count == count { break }
        }
        return channels
    }
}

/// The texts of these messages of a channel's name as event.
func texts(_ event: String, _ numbers: some Sequence<Int>) -> [String] {
    numbers.map { "42[\"\(event)\",\($0)]" }
}
