import Broadcast
import NIOCore
import NIOEmbedded
import Testing

/// What the hub and its shards count for `/metrics`.
@Suite("Counts")
struct CountsTests {
    private func deliveries(_ fixture: HubFixture) -> Int { fixture.shards.reduce(0) { $0 + $1.deliveries } }

    @Test("a message is a delivery for each subscription that it reaches", arguments: [1, 2])
    func deliveries(loops: Int) {
        let fixture = HubFixture(loops: loops)
        let subscribers = (0..<6).map { _ in RecordingSubscriber() }
        for (index, subscriber) in subscribers.enumerated() {
            fixture.shards[index % loops].subscribe(subscriber, to: name("a"))
            if index < 2 { fixture.shards[index % loops].subscribe(subscriber, to: name("b")) }
        }
        fixture.publish("a", "1")
        #expect(deliveries(fixture) == 0, "not before the loops turn")
        fixture.run()
        for number in 0..<5 {
            fixture.publish("a", "\(number)")
            fixture.publish("b", "\(number)")
            fixture.publish("nobody", "\(number)")
        }
        fixture.run()
        #expect(deliveries(fixture) == 6 + 5 * 6 + 5 * 2)
        #expect(deliveries(fixture) == subscribers.reduce(0) { $0 + $1.texts.count })
    }

    @Test("what was published before somebody came is no delivery to him")
    func lateSubscribers() {
        let fixture = HubFixture()
        let subscribers = (0..<4).map { _ in RecordingSubscriber() }
        // All in one pass, larger than one batch of 256 KiB.
        for subscriber in subscribers {
            fixture.shards[0].subscribe(subscriber, to: name("a"))
            for _ in 0..<3 { fixture.publish("a", "\"" + String(repeating: "x", count: 50_000) + "\"") }
        }
        fixture.run()
        #expect(subscribers.map(\.texts.count) == [12, 9, 6, 3])
        #expect(deliveries(fixture) == 30)
    }

    @Test("a subscriber that moves is handed each message once")
    func moving() {
        let fixture = HubFixture(loops: 2)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        fixture.publish("a", "1")
        fixture.run()
        for number in 2..<5 { fixture.publish("a", "\(number)") }
        let arrival = fixture.move(subscriber, from: 0, to: 1)
        for number in 5..<7 { fixture.publish("a", "\(number)") }
        #expect(fixture.shards.map(\.subscriptions) == [0, 0], "on its way")
        fixture.run()
        #expect(arrival.texts.count == 5)
        #expect(deliveries(fixture) == 6)
        #expect(fixture.shards.map(\.subscriptions) == [0, 1])
    }

    @Test("subscriptions and channels come and go, a second subscribe changes nothing")
    func subscriptions() {
        let fixture = HubFixture(loops: 2)
        let first = RecordingSubscriber(), second = RecordingSubscriber()
        for channel in ["a", "b", "b", "c"] { fixture.shards[0].subscribe(first, to: name(channel)) }
        fixture.shards[1].subscribe(second, to: name("a"))
        #expect(fixture.shards.map(\.subscriptions) == [3, 1])
        #expect(fixture.hub.channelCount == 3)
        fixture.shards[0].unsubscribe(first, from: name("a"))
        fixture.shards[0].unsubscribe(first, from: name("a"))
        #expect(fixture.shards.map(\.subscriptions) == [2, 1])
        #expect(fixture.hub.channelCount == 3, "the other loop has it")
        fixture.shards[0].unsubscribeAll(first)
        fixture.shards[1].unsubscribeAll(second)
        #expect(fixture.shards.map(\.subscriptions) == [0, 0])
        #expect(fixture.hub.channelCount == 0)
    }

    @Test("each pass with something to fan out is timed, one without is not")
    func passes() {
        let fixture = HubFixture(loops: 2)
        var passes = [0, 0]
        for (index, shard) in fixture.shards.enumerated() { shard.passEnded = { _ in passes[index] += 1 } }
        fixture.shards[0].subscribe(RecordingSubscriber(), to: name("a"))
        fixture.shards[0].send(to: 1) { _ in }
        fixture.run()
        #expect(passes == [0, 0])
        for _ in 0..<3 { fixture.publish("a", "1") }
        fixture.run()
        fixture.publish("a", "1")
        fixture.run()
        #expect(passes == [2, 0])
    }
}
