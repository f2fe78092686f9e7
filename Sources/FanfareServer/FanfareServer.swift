import Broadcast
import HTTPEdge
package import Logging
package import NIOCore
import NIOPosix
import Realtime

/// A running server: event loops, one hub over them, one listener a loop.
package final class FanfareServer: Sendable {
    package let settings: ServerSettings
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let contexts: [NIOLoopBound<LoopContext>]
    private let listener: HTTPListener

    package var localAddress: SocketAddress { self.listener.localAddress }

    /// Starts listening.
    /// - Throws: `StartFault`.
    package static func start(_ settings: ServerSettings, logger: Logger) async throws -> FanfareServer {
        guard settings.faults.isEmpty else { throw StartFault(.configuration, settings.faults.joined(separator: "; ")) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.loops)
        do {
            return try await FanfareServer(settings: settings, logger: logger, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw Self.startFault(error, settings: settings)
        }
    }

    private init(settings: ServerSettings, logger: Logger, group: MultiThreadedEventLoopGroup) async throws {
        let loops = Array(group.makeIterator())
        let hub = Hub(loops: loops, limits: HubLimits())
        let directory = RealtimeDirectory(loops: loops)
        var contexts: [NIOLoopBound<LoopContext>] = []
        for (index, loop) in loops.enumerated() {
            contexts.append(
                try await loop.submit {
                    let context = LoopContext(hub: hub, directory: directory, index: index, eventLoop: loop, settings: settings)
                    return NIOLoopBound(context, eventLoop: loop)
                }.get())
        }
        let contextsByLoop = Dictionary(uniqueKeysWithValues: zip(loops.map { ObjectIdentifier($0) }, contexts))
        self.listener = try await HTTPListener.bind(host: settings.host, port: settings.port, loops: loops) { channel in
            try contextsByLoop[ObjectIdentifier(channel.eventLoop)]?.value.configure(channel)
        }
        self.settings = settings
        self.logger = logger
        self.group = group
        self.contexts = contexts
    }

    private static func startFault(_ error: any Error, settings: ServerSettings) -> StartFault {
        switch error {
        case let fault as StartFault:
            fault
        case HTTPListenerError.addressInUse:
            StartFault(
                .unavailable, "port \(settings.port) on \(settings.host) is taken: stop what listens there, or choose another with --port")
        default:
            StartFault(.unavailable, "cannot listen on \(settings.host):\(settings.port): \(error)")
        }
    }

    /// Stops listening, closes every session so that its client comes back by itself, and ends the loops.
    package func stop() async throws {
        await self.listener.close()
        var movedSessions = 0
        for context in self.contexts {
            movedSessions += try await context.eventLoop.submit {
                context.value.realtime.closeAll()
                return context.value.realtime.movedSessions
            }.get()
        }
        try await self.group.shutdownGracefully()
        self.logger.info("stopped", metadata: ["sessions_moved": "\(movedSessions)"])
    }
}
