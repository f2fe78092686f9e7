import Broadcast
import NIOCore
import Testing

/// Subscribers that are told of nowhere, and what the hub says of its channels.
@Suite("Onlookers and channel lists")
struct OnlookerTests {
    private final class Onlooker: Subscriber {
        private(set) var messages: [(event: String, payload: String)] = []

        init() {
            super.init(isCounted: false)
        }

        override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
            for publication in batch.publications[first...] {
                guard let parts = publication.parts else { continue }
                self.messages.append((String(decoding: parts.event, as: UTF8.self), String(buffer: parts.payload)))
            }
        }
    }

    @Test("an onlooker sees every message and is counted nowhere", arguments: [1, 2])
    func uncounted(loops: Int) {
        let fixture = HubFixture(loops: loops)
        let onlooker = Onlooker(), subscriber = RecordingSubscriber()
        let last = fixture.shards[loops - 1]
        #expect(last.subscribe(onlooker, to: name("a")))
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        fixture.run()
        #expect(onlooker.messages.map(\.payload) == ["1"])
        #expect(fixture.hub.channelCount == 0)
        #expect(fixture.hub.subscribers(of: name("a")) == 0)
        #expect(list(fixture) == [])

        fixture.shards[0].subscribe(subscriber, to: name("a"))
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 1))
        fixture.run()
        #expect(onlooker.messages.map(\.payload) == ["1", "2"])
        #expect(subscriber.packets == [#"42["e",2]"#])
        #expect(fixture.shards.reduce(0) { $0 + $1.deliveries } == 1)
        #expect(fixture.shards.reduce(0) { $0 + $1.subscriptions } == 1)
        #expect(fixture.hub.channelCount == 1)

        fixture.shards[0].unsubscribeAll(subscriber)
        #expect(fixture.hub.channelCount == 0)
        #expect(fixture.publish("a", "3") == .accepted(subscribers: 0))
        fixture.run()
        #expect(onlooker.messages.map(\.payload) == ["1", "2", "3"])
        #expect(last.unsubscribe(onlooker, from: name("a")))
        #expect(fixture.publish("a", "4") == .accepted(subscribers: 0))
        fixture.run()
        #expect(onlooker.messages.count == 3)
        #expect(fixture.hub.pendingMessages == 0, "nothing is owed for what nobody hears")
        #expect(fixture.shards.allSatisfy { $0.channelCount == 0 })
    }

    @Test("an onlooker that comes late takes nothing off the deliveries")
    func late() {
        let fixture = HubFixture()
        fixture.shards[0].subscribe(RecordingSubscriber(), to: name("a"))
        fixture.publish("a", "1")
        let onlooker = Onlooker()
        fixture.shards[0].subscribe(onlooker, to: name("a"))
        fixture.publish("a", "2")
        fixture.run()
        #expect(onlooker.messages.map(\.payload) == ["2"])
        #expect(fixture.shards[0].deliveries == 2)
    }

    @Test(
        "a message is taken apart into what was posted",
        arguments: [("e", #""e""#, "1"), ("é", #""é""#, #"{"a":"]"}"#), ("a\"b\\", #""a\"b\\""#, #""""#), ("[\",", #""[\",""#, "[]")])
    func parts(event: String, quoted: String, payload: String) {
        let fixture = HubFixture()
        let onlooker = Onlooker()
        fixture.shards[0].subscribe(onlooker, to: name("a"))
        fixture.publish("a", payload, event: event)
        fixture.run()
        #expect(onlooker.messages.map(\.event) == [quoted])
        #expect(onlooker.messages.map(\.payload) == [payload])
    }

    private func list(_ fixture: HubFixture, prefix: String = "", after: String = "", limit: Int = 100) -> [String] {
        fixture.hub.channels(prefix: Array(prefix.utf8), after: Array(after.utf8), limit: limit) { _ in true }.page.map {
            String(decoding: $0.channel.bytes, as: UTF8.self)
        }
    }

    @Test("pages put together are every channel once, in the order of bytes", arguments: [1, 2, 7, 99, 100, 101, 1_000])
    func pages(limit: Int) {
        let fixture = HubFixture(loops: 2)
        let names = (0..<100).map { "c\($0 * 7_919 % 1_000)" }
        for (index, text) in names.enumerated() { fixture.shards[index % 2].subscribe(RecordingSubscriber(), to: name(text)) }
        let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var found: [String] = []
        while true {
            let (page, hasMore) = fixture.hub.channels(prefix: [], after: Array((found.last ?? "").utf8), limit: limit) { _ in true }
            found += page.map { String(decoding: $0.channel.bytes, as: UTF8.self) }
            #expect(hasMore == (found.count < names.count))
            guard hasMore, found.count < 1_000 else { break }
        }
        #expect(found == sorted)
        #expect(list(fixture, prefix: "c9") == sorted.filter { $0.hasPrefix("c9") })
    }

    @Test("the busiest channels since the last look, and the largest")
    func activity() {
        let fixture = HubFixture()
        let shard = fixture.shards[0]
        for (channel, members) in [("a", 3), ("b", 1), ("c", 2)] {
            for _ in 0..<members { shard.subscribe(RecordingSubscriber(), to: name(channel)) }
        }
        shard.subscribe(Onlooker(), to: name("tapped"))
        for (channel, messages) in [("b", 5), ("c", 2), ("tapped", 9)] {
            for number in 0..<messages { fixture.publish(channel, "\(number)") }
        }
        fixture.run()
        let (busiest, largest) = shard.takeActivity(most: 2)
        #expect(busiest.map(\.channel) == [name("b"), name("c")])
        #expect(busiest.map(\.messages) == [5, 2])
        #expect(largest.map(\.channel) == [name("a"), name("c")])
        #expect(largest.map(\.members) == [3, 2])
        fixture.publish("a", "1")
        fixture.run()
        #expect(shard.takeActivity(most: 9).busiest.map(\.messages) == [1, 0, 0], "only what came since")
        #expect(shard.takeActivity(most: 9).busiest.map(\.channel) == [name("a"), name("c"), name("b")], "of equals the larger")
    }
}
