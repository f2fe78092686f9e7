import Broadcast
import NIOCore
import NIOPosix
import Testing

/// The hub on real loops, with publishers on other threads.
@Suite("Hub on several loops")
struct HubThreadsTests {
    @Test("every subscriber on every loop sees one and the same order, nothing lost, nothing doubled", arguments: [1, 2, 4])
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
        let subscribers = try await Self.subscribe(20, to: ["a", "b"], shards: shards, loops: loops)

        let publishers = 4, perPublisher = 2_000
        await withTaskGroup(of: Void.self) { tasks in
            for publisher in 0..<publishers {
                tasks.addTask {
                    for number in 0..<perPublisher {
                        let channel = number % 2 == 0 ? "a" : "b"
                        let outcome = hub.publish(
                            channel: ChannelName(Array(channel.utf8)), event: Array(channel.utf8).span,
                            payload: Array("[\(publisher),\(number)]".utf8).span)
                        #expect(outcome == .accepted(subscribers: 20 * loopCount))
                    }
                }
            }
        }
        while hub.pendingMessages > 0 { await Task.yield() }
        var orders: [[String]] = []
        for (loop, mine) in zip(loops, subscribers) {
            orders += try await loop.submit { mine.value.map(\.texts) }.get()
        }
        for channel in ["a", "b"] {
            let sequences = orders.map { $0.filter { $0.hasPrefix("42[\"\(channel)\"") } }
            #expect(sequences[0].count == publishers * perPublisher / 2)
            #expect(sequences.allSatisfy { $0 == sequences[0] })
            #expect(Set(sequences[0]).count == sequences[0].count)
            for publisher in 0..<publishers {
                let own = sequences[0].filter { $0.contains("[\(publisher),") }
                #expect(
                    own == (0..<perPublisher).filter { ($0 % 2 == 0) == (channel == "a") }.map { "42[\"\(channel)\",[\(publisher),\($0)]]" }
                )
            }
        }
        #expect(hub.pendingMessages == 0)
        try await group.shutdownGracefully()
    }

    private static func subscribe(
        _ count: Int, to channels: [String], shards: [NIOLoopBound<LoopShard>], loops: [any EventLoop]
    ) async throws -> [NIOLoopBound<[RecordingSubscriber]>] {
        var all: [NIOLoopBound<[RecordingSubscriber]>] = []
        for (shard, loop) in zip(shards, loops) {
            all.append(
                try await loop.submit {
                    let subscribers = (0..<count).map { _ in RecordingSubscriber() }
                    for subscriber in subscribers {
                        for channel in channels { shard.value.subscribe(subscriber, to: ChannelName(Array(channel.utf8))) }
                    }
                    return NIOLoopBound(subscribers, eventLoop: loop)
                }.get())
        }
        return all
    }
}
