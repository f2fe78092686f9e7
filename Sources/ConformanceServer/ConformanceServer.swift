import AccessControl
import ArgumentParser
import Broadcast
import HTTPEdge
import NIOCore
import NIOPosix
import Realtime

/// Serves the fixtures of the protocol suites: an Engine.IO echo at `/engine.io/`, the Socket.IO fixture at `/socket.io/`, a plain WebSocket
/// echo at `/echo`.
@main
struct ConformanceServer: AsyncParsableCommand {
    @Option(help: "Port on 127.0.0.1.")
    var port = 3000

    @Option(help: "Event loops.")
    var loops = 2

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: self.loops)
        let loops = Array(group.makeIterator())
        let hub = Hub(loops: loops, limits: HubLimits())
        // Sessions of the two endpoints know nothing of each other.
        let echoes = RealtimeDirectory(loops: loops), sockets = RealtimeDirectory(loops: loops)
        var contexts: [ObjectIdentifier: NIOLoopBound<FixtureLoop>] = [:]
        for (index, loop) in loops.enumerated() {
            contexts[ObjectIdentifier(loop)] = try await loop.submit {
                let context = FixtureLoop(shard: hub.makeShard(loop: index), eventLoop: loop, echoes: echoes, sockets: sockets)
                return NIOLoopBound(context, eventLoop: loop)
            }.get()
        }
        let contextsByLoop = contexts
        let listener = try await HTTPListener.bind(host: "127.0.0.1", port: self.port, loops: loops) { channel in
            try contextsByLoop[ObjectIdentifier(channel.eventLoop)]?.value.configure(channel)
        }
        print("listening on \(listener.localAddress)")
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
