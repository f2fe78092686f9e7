import NIOCore
import NIOPosix

/// Listens to channels on a loop of its own until something ends it. Usable from any thread.
package final class ListenSession: Sendable {
    /// How often it is asked whether anybody still reads the output.
    private static let watchInterval = TimeAmount.milliseconds(500)

    private let group: MultiThreadedEventLoopGroup
    private let outcome: EventLoopPromise<ListenOutcome>

    /// Begins to listen, one connection a channel.
    /// - Parameter makeOutput: called on the loop that the output is used on, with what ends the session.
    package init(
        url: ServerURL, channels: [[UInt8]], reconnects: Bool,
        makeOutput: @escaping @Sendable (_ finish: @escaping @Sendable (ListenOutcome) -> Void) -> any ListenOutput
    ) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let outcome = loop.makePromise(of: ListenOutcome.self)
        self.group = group
        self.outcome = outcome
        loop.execute {
            let finish: @Sendable (ListenOutcome) -> Void = { outcome.succeed($0) }
            let output = makeOutput(finish)
            let listeners = channels.map {
                ChannelListener(url: url, channel: $0, eventLoop: loop, reconnects: reconnects, output: output, finish: finish)
            }
            let watched = NIOLoopBound(output, eventLoop: loop)
            let watch = loop.scheduleRepeatedTask(initialDelay: Self.watchInterval, delay: Self.watchInterval) { _ in
                if watched.value.isAbandoned { finish(.done) }
            }
            outcome.futureResult.assumeIsolated().whenComplete { _ in
                watch.cancel()
                for listener in listeners { listener.stop() }
            }
            for listener in listeners { listener.start() }
        }
    }

    /// Ends it; the first outcome counts.
    package func stop() {
        self.outcome.succeed(.done)
    }

    /// Returns when it has ended and its connections are closed.
    package func finished() async -> ListenOutcome {
        let outcome = (try? await self.outcome.futureResult.get()) ?? .done
        try? await self.group.shutdownGracefully()
        return outcome
    }
}
