import HTTPEdge
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@Suite("Timer wheel")
struct TimerWheelTests {
    /// Has one deadline and notes each look.
    final class Client: TimerWheelClient {
        var wheelDeadline: Milliseconds?
        var deadline: Milliseconds?
        private(set) var looks: [Milliseconds] = []
        /// When its deadline was seen to be over.
        private(set) var expired: [Milliseconds] = []

        func wheelFired(now: Milliseconds) -> Milliseconds? {
            self.looks.append(now)
            if let deadline = self.deadline, deadline <= now {
                self.expired.append(now)
                self.deadline = nil
            }
            return self.deadline
        }
    }

    private func withWheel(_ body: (TimerWheel, EmbeddedEventLoop) -> Void) throws {
        let loop = EmbeddedEventLoop()
        loop.advanceTime(by: .milliseconds(1_234_567))
        body(TimerWheel(eventLoop: loop), loop)
        try loop.syncShutdownGracefully()
    }

    private func schedule(_ client: Client, in milliseconds: Milliseconds, _ wheel: TimerWheel) {
        client.deadline = wheel.now + milliseconds
        wheel.schedule(client, at: wheel.now + milliseconds)
    }

    @Test("fires at the deadline or up to 16 ms after it, never before", arguments: [-5, 0, 1, 15, 16, 17, 999, 10_000, 65_000])
    func accuracy(delay: Milliseconds) throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            let start = wheel.now
            self.schedule(client, in: delay, wheel)
            for _ in 0..<(max(delay, 0) + 20) { loop.advanceTime(by: .milliseconds(1)) }
            #expect(client.expired.count == 1)
            let late = (client.expired.first ?? 0) - start - max(delay, 0)
            #expect((0...16).contains(late), "\(late) ms late")
            #expect(client.wheelDeadline == nil)
        }
    }

    @Test("a deadline that moves later is looked at once early, and kept")
    func movesLater() throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            self.schedule(client, in: 100, wheel)
            for step in 1...50 {
                loop.advanceTime(by: .milliseconds(1))
                self.schedule(client, in: 100 + Milliseconds(step), wheel)
            }
            loop.advanceTime(by: .milliseconds(170))
            #expect(client.looks.count == 2 && client.expired.count == 1)
        }
    }

    @Test("a deadline that moves earlier is kept; the old entry does nothing")
    func movesEarlier() throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            self.schedule(client, in: 1_000, wheel)
            self.schedule(client, in: 100, wheel)
            loop.advanceTime(by: .milliseconds(116))
            #expect(client.expired.count == 1)
            loop.advanceTime(by: .seconds(5))
            #expect(client.looks.count == 1)
        }
    }

    @Test("beyond the horizon it is looked at on the way, and still not before its time")
    func horizon() throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            let start = wheel.now
            self.schedule(client, in: 300_000, wheel)
            loop.advanceTime(by: .milliseconds(299_999))
            #expect(client.expired == [])
            loop.advanceTime(by: .milliseconds(17))
            #expect(client.expired.count == 1 && (300_000...300_016).contains(client.expired[0] - start))
            #expect(client.looks.count <= 6)
            wheel.schedule(client, at: .max)
            loop.advanceTime(by: .seconds(1))
        }
    }

    @Test("a client that returns nil leaves the wheel, and comes back by being scheduled")
    func leaves() throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            wheel.schedule(client, at: wheel.now + 50)
            loop.advanceTime(by: .milliseconds(70))
            #expect(client.looks.count == 1 && client.wheelDeadline == nil)
            self.schedule(client, in: 50, wheel)
            loop.advanceTime(by: .milliseconds(70))
            #expect(client.expired.count == 1)
        }
    }

    @Test("a wheel that was empty for hours is as exact as a new one")
    func sleeps() throws {
        try self.withWheel { wheel, loop in
            let client = Client()
            self.schedule(client, in: 10, wheel)
            loop.advanceTime(by: .hours(7))
            self.schedule(client, in: 40, wheel)
            loop.advanceTime(by: .milliseconds(39))
            #expect(client.expired.count == 1)
            loop.advanceTime(by: .milliseconds(17))
            #expect(client.expired.count == 2)
        }
    }

    @Test("thousands of clients at random times, each rescheduled at random, each in time")
    func many() throws {
        try self.withWheel { wheel, loop in
            var generator = SeededGenerator(seed: 3)
            var expected: [Milliseconds] = []
            let clients = (0..<5_000).map { _ in Client() }
            for client in clients {
                self.schedule(client, in: .random(in: 0...100_000, using: &generator), wheel)
                if Bool.random(using: &generator) { self.schedule(client, in: .random(in: 0...100_000, using: &generator), wheel) }
                expected.append(client.deadline ?? 0)
            }
            for _ in 0..<12_000 { loop.advanceTime(by: .milliseconds(Int64.random(in: 1...20, using: &generator))) }
            for (client, deadline) in zip(clients, expected) {
                #expect(client.expired.count == 1 && (0...16).contains((client.expired.first ?? 0) - deadline))
            }
        }
    }

    @Test("a loop that was busy for longer than the horizon catches up")
    func late() throws {
        let loop = EmbeddedEventLoop()
        let wheel = TimerWheel(eventLoop: loop)
        let clients = (0..<100).map { _ in Client() }
        for (index, client) in clients.enumerated() { self.schedule(client, in: Milliseconds(index) * 600, wheel) }
        loop.advanceTime(by: .seconds(200))
        #expect(clients.allSatisfy { $0.expired.count == 1 })
        try loop.syncShutdownGracefully()
    }
}

extension TimerWheelTests {
    final class Repeating: TimerWheelClient {
        var wheelDeadline: Milliseconds?
        func wheelFired(now: Milliseconds) -> Milliseconds? { now + 60_000 }
    }

    @Test("one that comes back far ahead does not hold up another that is due before")
    func overtakes() throws {
        let loop = EmbeddedEventLoop()
        let wheel = TimerWheel(eventLoop: loop)
        let far = Repeating(), near = Client()
        wheel.schedule(far, at: 100)
        near.deadline = 1_000
        wheel.schedule(near, at: 1_000)
        loop.advanceTime(by: .milliseconds(1_016))
        #expect(near.expired.count == 1)
        loop.advanceTime(by: .seconds(100))
        #expect(near.expired.first.map { $0 <= 1_016 } == true, "at \(near.expired)")
        try loop.syncShutdownGracefully()
    }
}
