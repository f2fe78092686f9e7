@testable import Broadcast
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

/// `LoopShard.move` and `resume`, on loops that turn only when a test says so.
@Suite("Moving a subscriber")
struct MoveTests {
    @Test("messages before, during and after the move arrive once and in order")
    func onceInOrder() {
        let fixture = HubFixture(loops: 2)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        for number in 0..<3 { fixture.publish("a", "\(number)") }
        fixture.run()
        for number in 3..<6 { fixture.publish("a", "\(number)") }
        let arrival = fixture.move(subscriber, from: 0, to: 1)
        #expect(arrival.rest == texts("e", 3..<6), "what the old mailbox still held")
        for number in 6..<9 { #expect(fixture.publish("a", "\(number)") == .accepted(subscribers: 1)) }
        fixture.loops[0].run()
        #expect(subscriber.texts == texts("e", 0..<3), "nothing more comes on the old loop")
        #expect(!arrival.hasArrived)
        fixture.loops[1].run()
        #expect(arrival.hasArrived)
        for number in 9..<12 { #expect(fixture.publish("a", "\(number)") == .accepted(subscribers: 1)) }
        fixture.run()
        #expect(subscriber.texts + arrival.texts == texts("e", 0..<12))
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("several channels on one stripe and on different ones", arguments: [true, false])
    func severalChannels(sharingStripe: Bool) {
        let fixture = HubFixture(loops: 2)
        let channels = HubFixture.channels(5, sharingStripe: sharingStripe)
        let subscriber = RecordingSubscriber()
        for channel in channels { fixture.shards[0].subscribe(subscriber, to: name(channel)) }
        func publish(_ number: Int) {
            for channel in channels { fixture.publish(channel, "\(number)", event: channel) }
        }
        publish(0)
        fixture.run()
        publish(1)
        let arrival = fixture.move(subscriber, from: 0, to: 1)
        #expect(subscriber.subscriptionCount == 0)
        #expect(arrival.rest == channels.flatMap { texts($0, 1...1) }, "in the order in which they were published")
        publish(2)
        fixture.run()
        publish(3)
        fixture.run()
        let all = subscriber.texts + arrival.texts
        for channel in channels {
            #expect(all.filter { $0.hasPrefix("42[\"\(channel)\"") } == texts(channel, 0..<4))
        }
        #expect(all.count == 4 * channels.count)
        #expect(Set(arrival.subscriber.subscribedChannels) == Set(channels.map(name)))
    }

    @Test("what was published before a subscription is in no hand-over")
    func joinedLater() {
        let fixture = HubFixture(loops: 2)
        let early = RecordingSubscriber(), late = RecordingSubscriber()
        fixture.shards[0].subscribe(early, to: name("a"))
        fixture.publish("a", "1")
        fixture.shards[0].subscribe(late, to: name("a"))
        fixture.publish("a", "2")
        let arrival = fixture.move(late, from: 0, to: 1)
        #expect(arrival.rest == texts("e", 2...2))
        fixture.publish("a", "3")
        fixture.run()
        #expect(arrival.texts == texts("e", 2...3))
        #expect(early.texts == texts("e", 1...3))
    }

    @Test("messages that the new loop's mailbox held before the move are not the newcomer's")
    func newMailbox() {
        let fixture = HubFixture(loops: 2)
        let mover = RecordingSubscriber(), resident = RecordingSubscriber()
        fixture.shards[0].subscribe(mover, to: name("a"))
        fixture.shards[1].subscribe(resident, to: name("a"))
        fixture.publish("a", "1")
        fixture.loops[0].run()
        let arrival = fixture.move(mover, from: 0, to: 1)
        fixture.publish("a", "2")
        fixture.run()
        #expect(mover.texts == texts("e", 1...1))
        #expect(arrival.texts == texts("e", 2...2))
        #expect(resident.texts == texts("e", 1...2))
    }

    @Test("the other members of the old loop go on receiving", arguments: 0..<4)
    func othersStay(leaving: Int) {
        let fixture = HubFixture(loops: 2)
        let members = (0..<4).map { _ in RecordingSubscriber() }
        for member in members {
            for channel in ["x", "a", "b"] { fixture.shards[0].subscribe(member, to: name(channel)) }
        }
        fixture.publish("a", "1")
        let arrival = fixture.move(members[leaving], from: 0, to: 1)
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 4))
        fixture.run()
        #expect(fixture.publish("b", "3") == .accepted(subscribers: 4))
        fixture.run()
        for (index, member) in members.enumerated() {
            #expect(member.texts == (index == leaving ? [] : texts("e", 1...3)))
            #expect(member.subscriptionCount == (index == leaving ? 0 : 3))
        }
        #expect(arrival.texts == texts("e", 1...3))
        for member in members { fixture.shards[0].unsubscribeAll(member) }
        #expect(fixture.publish("a", "4") == .accepted(subscribers: 1))
        fixture.run()
        #expect(arrival.texts == texts("e", 1...4))
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("the channel is forgotten when the moved one leaves")
    func forgotten() {
        let fixture = HubFixture(loops: 2)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        let arrival = fixture.move(subscriber, from: 0, to: 1)
        #expect(fixture.shards[0].channels.isEmpty)
        fixture.run()
        #expect(fixture.shards[1].isSubscribed(arrival.subscriber, to: name("a")))
        #expect(fixture.shards[1].unsubscribe(arrival.subscriber, from: name("a")))
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.shards[1].channels.isEmpty)
        #expect(fixture.hub.stripe(of: name("a")).state.withLock { $0.channels.isEmpty })
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("there and back again before anything is delivered")
    func thereAndBack() {
        let fixture = HubFixture(loops: 2)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        fixture.publish("a", "0")
        let there = fixture.move(subscriber, from: 0, to: 1)
        fixture.publish("a", "1")
        fixture.loops[1].run()
        fixture.publish("a", "2")
        let back = fixture.move(there.subscriber, from: 1, to: 0)
        fixture.publish("a", "3")
        fixture.run()
        #expect(there.texts + back.texts == texts("e", 0...3))
        #expect(subscriber.texts.isEmpty)
    }

    @Test("a subscriber without channels moves too")
    func withoutChannels() {
        let fixture = HubFixture(loops: 2)
        let arrival = fixture.move(RecordingSubscriber(), from: 0, to: 1)
        #expect(!arrival.hasArrived)
        fixture.run()
        #expect(arrival.hasArrived)
    }

    @Test("a task that was sent before the move is done before the arrival")
    func sentBefore() {
        let fixture = HubFixture(loops: 2)
        let log = NIOLoopBoundBox<[String]>([], eventLoop: fixture.loops[1])
        fixture.shards[0].send(to: 1) { _ in log.value.append("task") }
        fixture.shards[0].move(RecordingSubscriber(), to: 1) { _, _ in { _ in log.value.append("arrival") } }
        fixture.run()
        #expect(log.value == ["task", "arrival"])
    }

    // MARK: - Changes on the new loop while somebody is on the way

    @Test("the only listener of the new loop leaves while somebody is on the way to it")
    func residentLeaves() {
        let fixture = HubFixture(loops: 2)
        let mover = RecordingSubscriber(), resident = RecordingSubscriber()
        fixture.shards[0].subscribe(mover, to: name("a"))
        fixture.shards[1].subscribe(resident, to: name("a"))
        let arrival = fixture.move(mover, from: 0, to: 1)
        #expect(fixture.shards[1].unsubscribe(resident, from: name("a")))
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        fixture.run()
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 1))
        fixture.run()
        #expect(arrival.texts == texts("e", 1...2))
        #expect(resident.texts.isEmpty)
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("the only listener of the new loop moves away while somebody is on the way to it")
    func residentMoves() {
        let fixture = HubFixture(loops: 3)
        let mover = RecordingSubscriber(), resident = RecordingSubscriber()
        fixture.shards[0].subscribe(mover, to: name("a"))
        fixture.shards[1].subscribe(resident, to: name("a"))
        let arrival = fixture.move(mover, from: 0, to: 1)
        let departure = fixture.move(resident, from: 1, to: 2)
        fixture.publish("a", "1")
        fixture.run()
        fixture.publish("a", "2")
        fixture.run()
        #expect(arrival.texts == texts("e", 1...2))
        #expect(departure.texts == texts("e", 1...2))
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("somebody joins the channel on the new loop while somebody is on the way to it")
    func residentJoins() {
        let fixture = HubFixture(loops: 2)
        let mover = RecordingSubscriber(), resident = RecordingSubscriber()
        fixture.shards[0].subscribe(mover, to: name("a"))
        let arrival = fixture.move(mover, from: 0, to: 1)
        fixture.publish("a", "1")
        fixture.shards[1].subscribe(resident, to: name("a"))
        fixture.publish("a", "2")
        fixture.run()
        #expect(arrival.texts == texts("e", 1...2))
        #expect(resident.texts == texts("e", 2...2))
    }
}
