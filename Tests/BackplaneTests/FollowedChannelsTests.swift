import Broadcast
import Testing

@testable import Backplane

@Suite("Followed channels")
struct FollowedChannelsTests {
    private let news = ChannelName(Array("news".utf8))
    private let epoch: UInt64 = 7
    private var followed = FollowedChannels()

    private func at(_ offset: UInt64, _ epoch: UInt64 = 7) -> Position { Position(epoch: epoch, offset: offset) }

    private mutating func subscribe(now: Int64) -> [FollowedChannels.Action] {
        self.followed.interest(in: [(self.news, true)], now: now)
    }

    /// A channel that is live at 0, with nothing published.
    private mutating func goLive(at position: Position? = nil) {
        #expect(self.followed.connected(life: [1], now: 0).isEmpty)
        #expect(self.subscribe(now: 0) == [.subscribe([self.news])])
        #expect(self.followed.read(position, of: self.news, now: 0) == [.confirm(self.news)])
    }

    @Test("a first subscriber makes it subscribe; what is read behind that confirms")
    mutating func firstSubscriber() {
        self.goLive(at: self.at(5))
        #expect(self.followed.position(of: self.news) == self.at(5))
        // A further subscriber has nothing to wait for.
        #expect(self.subscribe(now: 1) == [.confirm(self.news)])
    }

    @Test("messages before the confirmation are delivered without a gap: nobody was promised anything yet")
    mutating func early() {
        _ = self.followed.connected(life: [1], now: 0)
        _ = self.subscribe(now: 0)
        #expect(self.followed.received(self.at(9), in: self.news, now: 1) == .deliver)
        #expect(self.followed.received(self.at(10), in: self.news, now: 1) == .deliver)
        #expect(self.followed.read(self.at(10), of: self.news, now: 1) == [.confirm(self.news)])
    }

    @Test("one after the other is delivered, again is a duplicate, a leap is a gap, what comes late is a duplicate")
    mutating func order() {
        self.goLive()
        let arrivals: [(UInt64, FollowedChannels.Verdict)] = [
            (1, .deliver), (1, .duplicate), (2, .deliver), (4, .deliverAfterGap), (3, .duplicate), (5, .deliver), (2, .duplicate),
        ]
        for (offset, verdict) in arrivals {
            #expect(self.followed.received(self.at(offset), in: self.news, now: 1) == verdict, "\(offset)")
        }
    }

    @Test("the first message of a channel that was never published to is its first, or others were missed")
    mutating func unpublished() {
        self.goLive()
        #expect(self.followed.received(self.at(2), in: self.news, now: 1) == .deliverAfterGap)
    }

    @Test("a new epoch from its first message on misses nothing; from a later one it does; the old one is over")
    mutating func epochs() {
        self.goLive(at: self.at(3))
        #expect(self.followed.received(self.at(1, 8), in: self.news, now: 1) == .deliver)
        #expect(self.followed.received(self.at(4, 7), in: self.news, now: 1) == .duplicate)
        #expect(self.followed.received(self.at(5, 9), in: self.news, now: 1) == .deliverAfterGap)
        #expect(self.followed.received(self.at(2, 8), in: self.news, now: 1) == .duplicate)
    }

    @Test(
        "after a break the position decides",
        arguments: [
            // before, after, whether something was missed
            (5, 5, false), (5, 6, true), (0, 0, false), (0, 1, true), (5, 0, true),
        ] as [(UInt64, UInt64, Bool)])
    mutating func breaks(before: UInt64, after: UInt64, misses: Bool) {
        self.goLive(at: before == 0 ? nil : self.at(before))
        self.followed.disconnected()
        #expect(!self.followed.isLive(self.news))
        #expect(self.followed.connected(life: [1], now: 5_000) == [.subscribe([self.news])])
        let expected: [FollowedChannels.Action] = (misses ? [.announceGap(self.news)] : []) + [.confirm(self.news)]
        #expect(self.followed.read(after == 0 ? nil : self.at(after), of: self.news, now: 5_000) == expected)
    }

    @Test(
        "where nothing was published before and after a break, Redis' own life tells whether it was between them",
        arguments: [1, 2] as [UInt8])
    mutating func life(life: UInt8) {
        self.goLive()
        self.followed.disconnected()
        #expect(self.followed.connected(life: [life], now: 5_000) == [.subscribe([self.news])])
        let gap: [FollowedChannels.Action] = life == 1 ? [] : [.announceGap(self.news)]
        #expect(self.followed.read(nil, of: self.news, now: 5_000) == gap + [.confirm(self.news)])
    }

    @Test("that Redis has forgotten is not forgotten when the connection breaks again before it has told")
    mutating func twoBreaks() {
        self.goLive()
        self.followed.disconnected()
        _ = self.followed.connected(life: [2], now: 5_000)
        self.followed.disconnected()
        _ = self.followed.connected(life: [2], now: 6_000)
        #expect(self.followed.read(nil, of: self.news, now: 6_000) == [.announceGap(self.news), .confirm(self.news)])
    }

    @Test("a message that comes before the position after a break tells of the gap itself, once")
    mutating func messageBeforePosition() {
        self.goLive(at: self.at(5))
        self.followed.disconnected()
        _ = self.followed.connected(life: [1], now: 5_000)
        #expect(self.followed.received(self.at(8), in: self.news, now: 5_000) == .deliverAfterGap)
        #expect(self.followed.read(self.at(8), of: self.news, now: 5_000) == [.confirm(self.news)])
    }

    @Test("who subscribes while Redis is away, and is told after two seconds, is told again when it is back")
    mutating func subscribedWhileAway() {
        #expect(self.subscribe(now: 0).isEmpty)
        #expect(self.followed.connected(life: [1], now: 1_000) == [.subscribe([self.news])])
        #expect(self.followed.read(self.at(4), of: self.news, now: 1_000) == [.confirm(self.news)])

        self.followed = FollowedChannels()
        #expect(self.subscribe(now: 0).isEmpty)
        _ = self.followed.connected(life: [1], now: 3_000)
        #expect(self.followed.read(self.at(4), of: self.news, now: 3_000) == [.announceGap(self.news), .confirm(self.news)])
    }

    @Test("a channel that nobody wants is kept for a while, counts on, and is then given up")
    mutating func linger() {
        self.goLive()
        #expect(self.followed.interest(in: [(self.news, false)], now: 100).isEmpty)
        #expect(self.followed.received(self.at(1), in: self.news, now: 200) == .unwanted)
        #expect(self.subscribe(now: 300) == [.confirm(self.news)])
        #expect(self.followed.received(self.at(2), in: self.news, now: 400) == .deliver)
        _ = self.followed.interest(in: [(self.news, false)], now: 500)
        let actions = stride(from: 600, through: 40_000, by: 100).flatMap { self.followed.tick(now: $0).actions }
        #expect(actions == [.unsubscribe([self.news])])
        #expect(self.followed.count == 0)
        #expect(self.followed.received(self.at(3), in: self.news, now: 50_000) == .unwanted)
    }

    @Test("a quiet channel is compared every ten seconds or so, a lively one is not")
    mutating func quiet() {
        self.goLive(at: self.at(1))
        var reads: [Int64] = []
        for now in stride(from: Int64(100), through: 40_000, by: 100) where !self.followed.tick(now: now).actions.isEmpty {
            reads.append(now)
            #expect(self.followed.read(self.at(1), of: self.news, now: now).isEmpty)
        }
        #expect((2...4).contains(reads.count))
        for now in stride(from: Int64(40_100), through: 80_000, by: 100) {
            let offset = UInt64(now / 100)
            _ = self.followed.received(self.at(offset), in: self.news, now: now)
            #expect(self.followed.tick(now: now).actions.isEmpty)
        }
    }

    @Test("what a quiet channel has missed is announced once; a key that has expired is no loss")
    mutating func quietLoss() {
        self.goLive(at: self.at(1))
        #expect(self.followed.read(self.at(2), of: self.news, now: 10_000) == [.announceGap(self.news)])
        #expect(self.followed.read(self.at(2), of: self.news, now: 20_000).isEmpty)
        #expect(self.followed.read(nil, of: self.news, now: 30_000).isEmpty)
        #expect(self.followed.received(self.at(1, 9), in: self.news, now: 31_000) == .deliver)
    }

    @Test("the channels of a round are spread over its time")
    mutating func spread() {
        _ = self.followed.connected(life: [1], now: 0)
        let names = (0..<1_000).map { ChannelName(Array("c\($0)".utf8)) }
        _ = self.followed.interest(in: names.map { ($0, true) }, now: 0)
        for name in names { _ = self.followed.read(nil, of: name, now: 0) }
        var counted: [Int] = []
        for now in stride(from: Int64(100), through: 10_100, by: 100) { counted.append(self.followed.tick(now: now).counted.count) }
        #expect(counted.reduce(0, +) == 1_000)
        #expect((counted.max() ?? 0) <= 20)
    }

    @Test("after a break those that nobody wants are left behind")
    mutating func unwantedAfterBreak() {
        self.goLive()
        _ = self.followed.interest(in: [(self.news, false)], now: 100)
        self.followed.disconnected()
        #expect(self.followed.connected(life: [1], now: 200).isEmpty)
        #expect(self.followed.count == 0)
    }
}
