import ArgumentParser
import FanfareClient
import Foundation
import LoadGenerator
import NIOCore
import NIOPosix

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Load a server with subscribers and messages, and say what it did.",
        discussion: """
            Connects subscribers, publishes for a while, and reports deliveries a second,
            latency, and what was lost, doubled or out of order. It can aim at any
            Socket.IO server with the same interface, over WebSocket or long-polling.

            With --rate messages go out when they are due whether or not earlier ones have
            arrived, and latency counts from when they were due. Without it --window
            messages are in flight, and the next goes out when one has reached everybody.

            One run uses one core. Up to about a million deliveries a second a run is not
            what is measured; beyond, start several at once. Exit code 65 if anything was
            lost, doubled, out of order or refused, or a subscriber was.

            EXAMPLES
              fanfare bench --subscribers 1000 --duration 5s --pid $(pgrep -x fanfare)
              fanfare bench --subscribers 1000 --publishers 32 --window 64
              fanfare bench --rate 100 --channels 50 --size 1000 --json
              fanfare bench --transport polling --subscribers 200
              fanfare bench --url http://node-1:8000 --publish-url http://node-2:8000
            """)

    @OptionGroup var client: ClientOptions

    @Option(help: "Where to publish, if not to the subscribers' server: another node of the same cluster.")
    var publishUrl: String?

    @Option(help: "Subscribers, each with a connection of its own.")
    var subscribers = 1_000

    @Option(help: "Channels that they are spread over.")
    var channels = 1

    @Option(help: "Connections that publish, each with one message at a time.")
    var publishers = 1

    @Option(help: "Messages a second, of all publishers together; without it the loop is closed.")
    var rate: Double?

    @Option(help: "Messages in flight in a closed loop (default: one a publisher).")
    var window: Int?

    @Option(help: "How long to publish (default: 10s).")
    var duration: DurationArgument?

    @Option(help: "Bytes of a message's JSON; at least 40.")
    var size = 64

    @Option(help: "websocket or polling.")
    var transport = LoadPlan.Transport.webSocket

    @Option(help: "Connections begun a second.")
    var ramp = 2_000

    @Option(help: "The server's process, whose CPU and memory are then reported too.")
    var pid: Int?

    @Flag(help: "One JSON object on standard output instead of the table.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(self.subscribers), (1...self.subscribers).contains(self.channels) else {
            throw ValidationError("--subscribers is 1 to 1000000, and there are no more --channels than subscribers")
        }
        guard (1...10_000).contains(self.publishers), (1...1_000_000).contains(self.ramp), (40...100_000_000).contains(self.size) else {
            throw ValidationError("--publishers is 1 to 10000, --ramp 1 to 1000000, --size 40 to 100000000")
        }
        guard self.rate.map({ $0 > 0 && $0 <= 1_000_000 }) ?? true, self.window.map({ (1...100_000).contains($0) }) ?? true else {
            throw ValidationError("--rate is more than 0 and at most 1000000, --window 1 to 100000")
        }
        guard self.rate == nil || self.window == nil else { throw ValidationError("--rate and --window exclude each other") }
    }

    func run() async throws {
        var plan = LoadPlan(url: try self.client.server())
        if let publishUrl { plan.publishURL = try self.client.server(publishUrl, flag: "publish-url") }
        plan.key = try ClientOptions.publishKey()
        plan.transport = self.transport
        plan.subscribers = self.subscribers
        plan.channels = self.channels
        plan.publishers = self.publishers
        plan.pace = self.rate.map { .open(rate: $0) } ?? .closed(window: self.window ?? self.publishers)
        plan.duration = self.duration?.milliseconds ?? plan.duration
        plan.size = self.size
        plan.ramp = self.ramp
        if let problem = await HealthProbe.problem(at: plan.url, withinMilliseconds: 5_000), !problem.contains("404") {
            throw CommandFault(.unavailable, "no server at \(plan.url.text): \(problem)")
        }
        let result = try await self.measure(plan)
        let report = BenchReport(result, plan: plan)
        Stream.output.write(self.json ? report.json : report.table)
        if !report.isClean { throw ExitCode(CommandFault.Kind.refused.rawValue) }
    }

    private func measure(_ plan: LoadPlan) async throws -> LoadResult {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let server = self.pid.map { ServerProcess(identifier: $0) }
        let run = try await eventLoop.submit { NIOLoopBound(LoadRun(plan, server: server, eventLoop: eventLoop), eventLoop: eventLoop) }
            .get()
        let result = try await eventLoop.submit {
            run.value.start()
            return run.value.result
        }.get()
        let progress = Task {
            while Stream.error.isTerminal {
                try await Task.sleep(for: .milliseconds(500))
                let now = try await eventLoop.submit { run.value.progress }.get()
                Stream.error.write(
                    "\r\u{1B}[K\(now.phase.rawValue): \(now.ready) of \(now.subscribers) subscribers, "
                        + "\(now.published) published, \(now.delivered) delivered")
            }
        }
        defer {
            progress.cancel()
            if Stream.error.isTerminal { Stream.error.write("\r\u{1B}[K") }
        }
        let outcome = try await result.get()
        try await group.shutdownGracefully()
        return outcome
    }
}

extension LoadPlan.Transport: ExpressibleByArgument {}
