import Broadcast
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@Suite("Hub")
struct HubTests {
    @Test("a message reaches every subscriber of its channel on every loop, and nobody else")
    func reachesSubscribers() {
        let fixture = HubFixture(loops: 2)
        let first = RecordingSubscriber(), second = RecordingSubscriber(), other = RecordingSubscriber()
        fixture.shards[0].subscribe(first, to: name("news"))
        fixture.shards[1].subscribe(second, to: name("news"))
        fixture.shards[1].subscribe(other, to: name("sport"))
        #expect(fixture.publish("news", #"{"id":7}"#, event: "update") == .accepted(subscribers: 2))
        fixture.run()
        #expect(first.texts == [#"42["update",{"id":7}]"#])
        #expect(second.texts == first.texts)
        #expect(first.packets == first.texts)
        #expect(other.texts.isEmpty)
    }

    @Test("nothing is delivered before publish has returned and the loop turns")
    func deliversLater() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        fixture.publish("a", "1")
        #expect(subscriber.writes == 0)
        fixture.run()
        #expect(subscriber.texts == [#"42["e",1]"#])
    }

    @Test("pending messages of a channel leave as one write and one flush, in order")
    func joinsFrames() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        for number in 0..<100 { fixture.publish("a", "\(number)") }
        fixture.run()
        #expect(subscriber.texts == (0..<100).map { #"42["e",\#($0)]"# })
        #expect(subscriber.writes == 1)
        #expect(subscriber.flushes == 1)
    }

    @Test("a connection with several channels in one drain is flushed once")
    func flushesOnce() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        for channel in ["a", "b", "c"] { fixture.shards[0].subscribe(subscriber, to: name(channel)) }
        for channel in ["a", "b", "c", "a"] { fixture.publish(channel, "1") }
        fixture.run()
        #expect(subscriber.texts.count == 4)
        #expect(subscriber.writes == 3)
        #expect(subscriber.flushes == 1)
    }

    @Test("joined writes stay within 256 KiB, a bigger message goes alone, nothing is lost between them")
    func boundsJoinedWrites() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        let sizes = [100_000, 100_000, 100_000, 300_000, 5, 70_000, 500_000, 1]
        for size in sizes { fixture.publish("a", "\"" + String(repeating: "x", count: size) + "\"") }
        fixture.run()
        #expect(subscriber.texts.map(\.utf8.count) == sizes.map { $0 + 2 + #"42["e",]"#.utf8.count })
        // 200k | 100k | 300k | 70k | 500k | 1
        #expect(subscriber.writes == 6)
        #expect(subscriber.flushes == 1)
    }

    @Test("who joins sees what is published after, none of what was published before and is still on its way")
    func visibilityOfJoin() {
        let fixture = HubFixture()
        let early = RecordingSubscriber(), late = RecordingSubscriber()
        fixture.shards[0].subscribe(early, to: name("a"))
        fixture.publish("a", "1")
        fixture.publish("a", "2")
        fixture.shards[0].subscribe(late, to: name("a"))
        #expect(fixture.publish("a", "3") == .accepted(subscribers: 2))
        fixture.run()
        #expect(early.texts == [1, 2, 3].map { #"42["e",\#($0)]"# })
        #expect(late.texts == [#"42["e",3]"#])
        #expect(late.packets == late.texts)
    }

    @Test("who joins after the last pending message gets none of them")
    func joinAfterAll() {
        let fixture = HubFixture()
        let early = RecordingSubscriber(), late = RecordingSubscriber()
        fixture.shards[0].subscribe(early, to: name("a"))
        fixture.publish("a", "1")
        fixture.shards[0].subscribe(late, to: name("a"))
        fixture.run()
        #expect(early.texts.count == 1)
        #expect(late.writes == 0 && late.flushes == 0)
    }

    @Test("a channel that was forgotten and comes back does not deliver its old messages to new subscribers")
    func rebornChannel() {
        let fixture = HubFixture()
        let old = RecordingSubscriber(), new = RecordingSubscriber()
        fixture.shards[0].subscribe(old, to: name("a"))
        fixture.publish("a", "1")
        fixture.shards[0].unsubscribe(old, from: name("a"))
        fixture.shards[0].subscribe(new, to: name("a"))
        fixture.run()
        #expect(old.texts.isEmpty && new.texts.isEmpty)
        fixture.publish("a", "2")
        fixture.run()
        #expect(new.texts == [#"42["e",2]"#])
    }

    @Test("nothing arrives after unsubscribe, though the message was counted")
    func visibilityOfLeave() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        #expect(fixture.shards[0].unsubscribe(subscriber, from: name("a")))
        fixture.run()
        #expect(subscriber.texts.isEmpty)
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 0))
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("subscribing twice is once, leaving a channel one is not in is nothing")
    func subscribesOnce() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        #expect(fixture.shards[0].subscribe(subscriber, to: name("a")))
        #expect(!fixture.shards[0].subscribe(subscriber, to: name("a")))
        #expect(!fixture.shards[0].unsubscribe(subscriber, from: name("b")))
        fixture.publish("a", "1")
        fixture.run()
        #expect(subscriber.texts.count == 1)
    }

    @Test("names are bytes: é and e with an accent are two channels")
    func namesAreBytes() {
        let fixture = HubFixture()
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("\u{E9}"))
        #expect(fixture.publish("e\u{301}", "1") == .accepted(subscribers: 0))
        #expect(fixture.publish("\u{E9}", "1") == .accepted(subscribers: 1))
    }

    @Test("past the bound on what is not fanned out yet a publish is refused and sent to nobody; then it goes on")
    func admission() {
        var limits = HubLimits()
        limits.pendingMessages = 3
        let fixture = HubFixture(loops: 2, limits: limits)
        let first = RecordingSubscriber(), second = RecordingSubscriber()
        fixture.shards[0].subscribe(first, to: name("a"))
        fixture.shards[1].subscribe(second, to: name("a"))
        for number in 0..<3 { #expect(fixture.publish("a", "\(number)") == .accepted(subscribers: 2)) }
        #expect(fixture.publish("a", "3") == .overloaded)
        #expect(fixture.publish("nobody", "3") == .accepted(subscribers: 0))
        fixture.loops[0].run()
        #expect(fixture.publish("a", "3") == .overloaded)
        fixture.loops[1].run()
        #expect(fixture.hub.pendingMessages == 0)
        #expect(fixture.publish("a", "4") == .accepted(subscribers: 2))
        fixture.run()
        #expect(first.texts.last == #"42["e",4]"#)
        #expect(first.texts == second.texts && first.texts.count == 4)
    }

    @Test("the bound counts bytes too, and one message always fits")
    func admissionBytes() {
        var limits = HubLimits()
        limits.pendingBytes = 1000
        let fixture = HubFixture(limits: limits)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        let big = "\"" + String(repeating: "x", count: 5000) + "\""
        #expect(fixture.publish("a", big) == .accepted(subscribers: 1))
        #expect(fixture.publish("a", "1") == .overloaded)
        fixture.run()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
    }

    @Test("random joins and leaves keep both sides' tables right")
    func randomMembership() {
        let fixture = HubFixture(loops: 2)
        var generator = SeededGenerator(seed: 42)
        let channels = (0..<7).map { "c\($0)" }
        let subscribers = (0..<20).map { _ in RecordingSubscriber() }
        var expected: [Set<Int>] = Array(repeating: [], count: channels.count)
        var counts = Array(repeating: 0, count: subscribers.count)
        for step in 0..<3000 {
            let who = Int.random(in: 0..<subscribers.count, using: &generator)
            let channel = Int.random(in: 0..<channels.count, using: &generator)
            let shard = fixture.shards[who % 2]
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                #expect(shard.subscribe(subscribers[who], to: name(channels[channel])) == expected[channel].insert(who).inserted)
            case 5..<9:
                #expect(shard.unsubscribe(subscribers[who], from: name(channels[channel])) == (expected[channel].remove(who) != nil))
            default:
                shard.unsubscribeAll(subscribers[who])
                for index in expected.indices { expected[index].remove(who) }
            }
            #expect(fixture.publish(channels[channel], "\(step)") == .accepted(subscribers: expected[channel].count))
            fixture.run()
            for index in expected[channel] { counts[index] += 1 }
        }
        #expect(subscribers.map(\.packets.count) == counts)
    }

    @Test("a pass that joined messages is followed by a pause of three quarters of its time, at most 4 ms")
    func breath() {
        #expect(LoopShard.breath(after: .nanoseconds(0)) == .microseconds(10))
        #expect(LoopShard.breath(after: .milliseconds(2)) == .microseconds(1_500))
        #expect(LoopShard.breath(after: .seconds(1)) == .milliseconds(4))
    }
}
