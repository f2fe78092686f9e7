import Broadcast
import NIOCore
import NIOPosix
import Testing

/// Subscribers that move between real loops while others publish.
@Suite("Moving subscribers on several loops")
struct MoveThreadsTests {
    /// Goes to the next loop as soon as it has arrived, until its trips are made. Confined to the loop it is on.
    private final class Traveller: Subscriber {
        private let hub: Hub
        private let loops: [any EventLoop]
        private let done: EventLoopPromise<NIOLoopBound<Traveller>>
        private(set) var packets: [String]
        private var tripsLeft: Int

        init(hub: Hub, loops: [any EventLoop], packets: [String], tripsLeft: Int, done: EventLoopPromise<NIOLoopBound<Traveller>>) {
            self.hub = hub
            self.loops = loops
            self.packets = packets
            self.tripsLeft = tripsLeft
            self.done = done
            super.init()
        }

        override func deliver(_ batch: FanOutBatch, from first: Int, isLast: Bool) {
            for publication in batch.publications[first...] { self.packets.append(String(buffer: publication.packet)) }
        }

        func travel(_ shard: LoopShard) {
            guard self.tripsLeft > 0 else { return self.done.succeed(NIOLoopBound(self, eventLoop: shard.eventLoop)) }
            let here = NIOLoopBound((self, shard), eventLoop: shard.eventLoop)
            // In a later turn: a session moves on a packet of its client, never inside a drain.
            shard.eventLoop.execute {
                let (traveller, shard) = here.value
                traveller.depart(shard)
            }
        }

        private func depart(_ shard: LoopShard) {
            let (hub, loops, tripsLeft, done) = (self.hub, self.loops, self.tripsLeft - 1, self.done)
            let packets = self.packets
            shard.move(self, to: (shard.index + 1) % loops.count) { rest, placements in
                let all = packets + rest.map { String(buffer: $0.packet) }
                return { shard in
                    let traveller = Traveller(hub: hub, loops: loops, packets: all, tripsLeft: tripsLeft, done: done)
                    shard.resume(traveller, placements)
                    traveller.travel(shard)
                }
            }
        }
    }

    @Test("each sees each channel's messages exactly once and all the same order", arguments: [2, 4])
    func oneOrder(loopCount: Int) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
        let loops = Array(group.makeIterator())
        var limits = HubLimits()
        limits.pendingMessages = 1_000_000
        let hub = Hub(loops: loops, limits: limits)
        var shards: [NIOLoopBound<LoopShard>] = []
        for (index, loop) in loops.enumerated() {
            shards.append(try await loop.submit { NIOLoopBound(hub.makeShard(loop: index), eventLoop: loop) }.get())
        }
        let channels = ["a", "b", "c"]
        let travellerCount = 12
        var arrivals: [EventLoopFuture<NIOLoopBound<Traveller>>] = []
        var departures: [@Sendable () -> Void] = []
        for index in 0..<travellerCount {
            let loop = loops[index % loopCount], shard = shards[index % loopCount]
            let done = loop.makePromise(of: NIOLoopBound<Traveller>.self)
            arrivals.append(done.futureResult)
            let start = try await loop.submit {
                let traveller = Traveller(hub: hub, loops: loops, packets: [], tripsLeft: 300, done: done)
                for channel in channels { shard.value.subscribe(traveller, to: ChannelName(Array(channel.utf8))) }
                return NIOLoopBound(traveller, eventLoop: loop)
            }.get()
            departures.append { loop.execute { start.value.travel(shard.value) } }
        }
        for depart in departures { depart() }

        let publishers = 3, perPublisher = 1_500
        await withTaskGroup(of: Void.self) { tasks in
            for publisher in 0..<publishers {
                tasks.addTask {
                    for number in 0..<perPublisher {
                        let channel = channels[number % channels.count]
                        let outcome = hub.publish(
                            channel: ChannelName(Array(channel.utf8)), event: Array(channel.utf8).span,
                            payload: Array("[\(publisher),\(number)]".utf8).span)
                        guard case .accepted(let subscribers) = outcome else {
                            Issue.record("refused")
                            return
                        }
                        #expect((travellerCount...(travellerCount + loopCount)).contains(subscribers))
                    }
                }
            }
            // Somebody comes and goes on every loop meanwhile.
            for (loop, shard) in zip(loops, shards) {
                tasks.addTask {
                    for _ in 0..<200 {
                        _ = try? await loop.submit {
                            let passerBy = RecordingSubscriber()
                            shard.value.subscribe(passerBy, to: ChannelName(Array("a".utf8)))
                            shard.value.unsubscribeAll(passerBy)
                        }.get()
                    }
                }
            }
        }
        var logs: [[String]] = []
        let settled = try await EventLoopFuture.whenAllSucceed(arrivals, on: loops[0]).get()
        var patience = 5_000_000
        while hub.pendingMessages > 0, patience > 0 {
            await Task.yield()
            patience -= 1
        }
        #expect(hub.pendingMessages == 0)
        for traveller in settled {
            logs.append(try await traveller.eventLoop.submit { traveller.value.packets }.get())
        }
        for channel in channels {
            let orders = logs.map { $0.filter { $0.hasPrefix("42[\"\(channel)\"") } }
            #expect(orders[0].count == publishers * perPublisher / channels.count)
            #expect(Set(orders[0]).count == orders[0].count)
            #expect(orders.allSatisfy { $0 == orders[0] })
        }
        try await group.shutdownGracefully()
    }
}
