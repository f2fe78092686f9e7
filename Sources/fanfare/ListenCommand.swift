import ArgumentParser
import FanfareClient
import Foundation
import UnixSignals

struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Print what is published to channels, as it comes.",
        discussion: """
            On a terminal readable lines; otherwise one line of JSON a message,
            {"channel":…,"event":…,"data":…}, the data byte for byte as it was
            published, but line ends inside it become spaces.
            What happens to the connections is said on standard error. A lost one is
            made again after 0.5 to 10 seconds; what was published meanwhile is missed.
            It ends with 0 after --count messages, on SIGINT and SIGTERM, and when
            nobody reads its output any more; with 69 if there is no server at the
            start (with --no-reconnect: or no more), with 65 if the server refuses the
            subscription.

            EXAMPLES
              fanfare listen news
              fanfare listen news sport | jq .data
              fanfare listen --count 1 deployments
            """)

    @OptionGroup var client: ClientOptions

    @Option(help: "End with 0 after this many messages, over all channels.")
    var count: CountArgument?

    @Flag(name: .customLong("no-reconnect"), help: "End with 69 when the connection is lost.")
    var endsWhenLost = false

    @Argument(help: "Names of channels; each gets a connection of its own.")
    var channels: [String]

    func run() async throws {
        let url = try self.client.server()
        signal(SIGPIPE, SIG_IGN)
        var names: [[UInt8]] = []
        for name in self.channels.map({ Array($0.utf8) }) where !names.contains(name) {
            names.append(name)
        }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let count = self.count?.value
        let session = ListenSession(url: url, channels: names, reconnects: !self.endsWhenLost) {
            ListenConsole(url: url, count: count, finish: $0)
        }
        Task {
            for await _ in signals {
                session.stop()
                // A reader that has stopped reading must not keep us from ending.
                try? await Task.sleep(for: .milliseconds(500))
                Foundation.exit(0)
            }
        }
        switch await session.finished() {
        case .done: return
        case .lost(.unreachable(let why)): throw CommandFault(.unavailable, "no server at \(url.text): \(why)")
        case .lost(let loss): throw CommandFault(.unavailable, "\(url.text): \(loss.words)")
        case .refused(let why): throw CommandFault(.refused, "the server refused the subscription: \(why)")
        case .outputFailed(let why): throw CommandFault(.inputOutput, "cannot write standard output: \(why)")
        }
    }
}

struct CountArgument: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        guard let value = Int(argument), value > 0 else { return nil }
        self.value = value
    }
}
