import Broadcast
import NIOCore
import TestSupport
import Testing

/// The hub as one of several nodes.
@Suite("Hub with a bus")
struct BusTests {
    private static func publication(_ channel: String, _ payload: String) -> Publication {
        let event = Array("e".utf8), bytes = Array(payload.utf8)
        return Publication(channel: name(channel), event: event.span, payload: bytes.span, allocator: ByteBufferAllocator())
    }

    @Test("each change of interest is told, and what interest there is can be asked")
    func interest() {
        let bus = SilentBus()
        let fixture = HubFixture(bus: bus)
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        #expect(bus.changed == [name("a")])
        #expect(fixture.hub.hasInterest(in: name("a")) && !fixture.hub.hasInterest(in: name("b")))
        fixture.shards[0].unsubscribe(subscriber, from: name("a"))
        #expect(bus.changed == [name("a"), name("a")])
        #expect(!fixture.hub.hasInterest(in: name("a")))
    }

    @Test("a confirmation reaches the subscribers of that moment on their loops, holds until the bus is lost, and ends with the channel")
    func confirmation() {
        let fixture = HubFixture(loops: 2, bus: SilentBus())
        var told: [String] = []
        for shard in fixture.shards {
            shard.channelConfirmed = { _, channel in told.append("\(shard.index) \(String(decoding: channel.bytes, as: UTF8.self))") }
        }
        let subscribers = [RecordingSubscriber(), RecordingSubscriber()]
        for (shard, subscriber) in zip(fixture.shards, subscribers) { shard.subscribe(subscriber, to: name("a")) }
        #expect(!fixture.hub.isConfirmed(name("a")))
        fixture.hub.confirm(name("a"))
        fixture.hub.confirm(name("a"))
        fixture.hub.confirm(name("nobody"))
        #expect(fixture.hub.isConfirmed(name("a")) && !fixture.hub.isConfirmed(name("nobody")))
        fixture.run()
        #expect(told.sorted() == ["0 a", "1 a"])
        fixture.hub.busLost()
        #expect(!fixture.hub.isConfirmed(name("a")))
        fixture.hub.confirm(name("a"))
        for (shard, subscriber) in zip(fixture.shards, subscribers) { shard.unsubscribeAll(subscriber) }
        fixture.shards[0].subscribe(subscribers[0], to: name("a"))
        #expect(!fixture.hub.isConfirmed(name("a")), "it is a channel that the bus has not seen yet")
    }

    @Test("without a bus everything is confirmed")
    func alone() {
        #expect(HubFixture().hub.isConfirmed(name("a")))
    }

    @Test("what the bus brings is delivered even when too much waits, and the bus is told so")
    func bounds() {
        var limits = HubLimits()
        limits.pendingMessages = 2
        let fixture = HubFixture(limits: limits, bus: SilentBus())
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        let taken = ["1", "2", "3"].map { fixture.hub.deliver(Self.publication("a", $0)) }
        #expect(taken == [true, true, false] && fixture.hub.isFull)
        fixture.run()
        #expect(subscriber.texts == ["1", "2", "3"].map { #"42["e",\#($0)]"# })
        #expect(!fixture.hub.isFull && fixture.hub.pendingMessages == 0)
        #expect(fixture.hub.deliver(Self.publication("nobody", "1")) && fixture.hub.pendingMessages == 0)
    }

    @Test("a gap comes between the messages")
    func gap() {
        let fixture = HubFixture(bus: SilentBus())
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a\"b"))
        _ = fixture.hub.deliver(Self.publication("a\"b", "1"))
        fixture.hub.announceGap(in: name("a\"b"))
        _ = fixture.hub.deliver(Self.publication("a\"b", "2"))
        fixture.run()
        #expect(subscriber.texts == [#"42["e",1]"#, #"42["fanfare:gap",{"channel":"a\"b"}]"#, #"42["e",2]"#])
    }

    // MARK: - Audiences

    private static func message(_ text: String, channels: [String]?, except: [String] = [], sockets: [String] = []) -> Publication {
        let audience = Audience(
            channels: channels.map { $0.map { name($0) } }, except: except.map { name($0) }, exceptSockets: sockets.map { Array($0.utf8) })
        return Publication(
            channel: name("none"), audience: audience, event: Array("e".utf8), argumentsJSON: Array("[\"\(text)\"]".utf8), attachments: [])
    }

    @Test("an audience gets a message once, whatever it is subscribed to, without those who are left out")
    func audiences() {
        let fixture = HubFixture(loops: 2, bus: SilentBus())
        let first = RecordingSubscriber(), both = RecordingSubscriber(), nothing = RecordingSubscriber()
        fixture.shards[0].subscribe(first, to: name("a"))
        fixture.shards[1].subscribe(both, to: name("a"))
        fixture.shards[1].subscribe(both, to: name("b"))
        fixture.shards[0].sockets = SocketLookup(everybody: { [first, nothing] }, socket: { $0 == Array("first".utf8) ? first : nil })
        fixture.shards[1].sockets = SocketLookup(everybody: { [both] })
        for publication in [
            Self.message("ab", channels: ["a", "b"]), Self.message("all", channels: nil),
            Self.message("a-b", channels: ["a"], except: ["b"]),
            Self.message("a-first", channels: ["a"], sockets: ["first"]), Self.message("nobody", channels: []),
        ] {
            #expect(fixture.hub.deliver(toAudience: publication))
        }
        fixture.run()
        #expect(first.texts == ["ab", "all", "a-b"].map { #"42["e","\#($0)"]"# })
        #expect(both.texts == ["ab", "all", "a-first"].map { #"42["e","\#($0)"]"# })
        #expect(nothing.texts == [#"42["e","all"]"#])
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("it comes between the channel's messages before and behind it")
    func order() {
        let fixture = HubFixture(bus: SilentBus())
        let subscriber = RecordingSubscriber()
        fixture.shards[0].subscribe(subscriber, to: name("a"))
        _ = fixture.hub.deliver(Self.publication("a", "1"))
        _ = fixture.hub.deliver(toAudience: Self.message("x", channels: ["a", "b"]))
        _ = fixture.hub.deliver(Self.publication("a", "2"))
        fixture.run()
        #expect(subscriber.texts == [#"42["e",1]"#, #"42["e","x"]"#, #"42["e",2]"#])
    }

    @Test("binary goes behind its packet, as frames of their own")
    func binary() {
        let publication = Publication(
            channel: name("a"), audience: nil, event: Array("e".utf8), argumentsJSON: Array(#"[{"_placeholder":true,"num":0}]"#.utf8),
            attachments: [[0, 255]])
        let packet = #"451-["e",{"_placeholder":true,"num":0}]"#
        #expect(String(buffer: publication.packet) == packet)
        #expect(Array(publication.frame.readableBytesView) == [0x81, UInt8(packet.utf8.count)] + Array(packet.utf8) + [0x82, 2, 0, 255])
    }
}
