import Broadcast
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

/// Travellers, residents that come and go, publishes and turns of the loops in any order, against a model that knows who is to hear what.
@Suite("Moving subscribers at random")
struct MoveRandomTests {
    private static let loopCount = 3
    private static let channels = ["a", "b", "c"]

    /// Somebody who goes from loop to loop.
    private struct Traveller {
        var loop: Int
        var subscriber: RecordingSubscriber
        var arrival: Arrival?
        /// Received at former residences.
        var past: [String] = []
        var joined: Set<String> = []
        var expected: [String] = []

        var isSettled: Bool { self.arrival?.hasArrived ?? true }
        var received: [String] { self.past + (self.arrival?.texts ?? self.subscriber.texts) }
    }

    @Test("every traveller hears each channel's messages once and in order, and counts are right", arguments: 0..<200)
    func walk(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let fixture = HubFixture(loops: Self.loopCount)
        var travellers = (0..<4).map { Traveller(loop: $0 % Self.loopCount, subscriber: RecordingSubscriber()) }
        let residents = (0..<Self.loopCount).map { _ in RecordingSubscriber() }
        var number = 0
        for _ in 0..<400 {
            let channel = Self.channels[Int.random(in: 0..<Self.channels.count, using: &generator)]
            let loop = Int.random(in: 0..<Self.loopCount, using: &generator)
            let who = Int.random(in: 0..<travellers.count, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...3:
                let listening =
                    travellers.count { $0.joined.contains(channel) }
                    + residents.count { $0.subscribedChannels.contains(name(channel)) }
                #expect(fixture.publish(channel, "\(number)", event: channel) == .accepted(subscribers: listening))
                for index in travellers.indices where travellers[index].joined.contains(channel) {
                    travellers[index].expected += texts(channel, number...number)
                }
                number += 1
            case 4...5:
                fixture.loops[loop].run()
            case 6:
                fixture.shards[loop].subscribe(residents[loop], to: name(channel))
            case 7:
                fixture.shards[loop].unsubscribe(residents[loop], from: name(channel))
            case 8 where travellers[who].isSettled:
                fixture.shards[travellers[who].loop].subscribe(travellers[who].subscriber, to: name(channel))
                travellers[who].joined.insert(channel)
            case 9 where travellers[who].isSettled && travellers[who].loop != loop:
                let arrival = fixture.move(travellers[who].subscriber, from: travellers[who].loop, to: loop)
                travellers[who].past = travellers[who].received
                travellers[who].arrival = arrival
                travellers[who].subscriber = arrival.subscriber
                travellers[who].loop = loop
            default:
                break
            }
        }
        fixture.run()
        for traveller in travellers {
            for channel in Self.channels {
                let isOfChannel: (String) -> Bool = { $0.hasPrefix("42[\"\(channel)\"") }
                #expect(traveller.received.filter(isOfChannel) == traveller.expected.filter(isOfChannel))
            }
            fixture.shards[traveller.loop].unsubscribeAll(traveller.subscriber)
        }
        for (loop, resident) in residents.enumerated() { fixture.shards[loop].unsubscribeAll(resident) }
        #expect(fixture.hub.pendingMessages == 0)
        for channel in Self.channels { #expect(fixture.publish(channel, "0") == .accepted(subscribers: 0)) }
    }
}
