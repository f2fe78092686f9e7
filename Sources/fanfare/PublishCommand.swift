import ArgumentParser
import FanfareClient
import Foundation

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish one message, or one a line from standard input.",
        discussion: """
            With -, or without JSON when standard input is not a terminal, every line
            of standard input is a message of its own; empty lines are skipped.
            The first message that the server refuses ends it with 65 and its line
            number; those before it are published. 69: no server.
            The key comes from FANFARE_PUBLISH_KEY or FANFARE_PUBLISH_KEY_FILE.
            A terminal gets sentences, anything else one line of JSON a message.

            EXAMPLES
              fanfare publish news update '{"hello":"world"}'
              fanfare publish weather temperature -- -5
              seq 1000 | fanfare publish numbers next -
              tail -f log.jsonl | fanfare publish --url http://10.0.0.5:8000 log line -
            """)

    @OptionGroup var client: ClientOptions

    @Flag(help: "Say nothing but what went wrong.")
    var quiet = false

    @Argument(help: "The channel's name.")
    var channel: String

    @Argument(help: "The event's name.")
    var event: String

    @Argument(help: "The message, any JSON value; - for one a line from standard input. A negative number needs -- in front.")
    var json: String?

    private static let missing =
        "what to publish is missing: give a JSON value such as '\"hello\"', or - and one a line on standard input"

    func run() async throws {
        let url = try self.client.server()
        let key = try ClientOptions.publishKey()
        if self.json == nil, isatty(STDIN_FILENO) == 1 {
            throw CommandFault(.usage, Self.missing)
        }
        signal(SIGPIPE, SIG_IGN)
        let client = PublishClient(url: url, channel: Array(self.channel.utf8), event: Array(self.event.utf8), key: key)
        let isStream = self.json == nil || self.json == "-"
        var report = PublishReport(channel: self.channel, event: self.event, isQuiet: self.quiet, isStream: isStream)
        do {
            if isStream {
                try await Self.publishLines(with: client, &report)
            } else {
                try await Self.publish(Array((self.json ?? "").utf8), with: client, &report)
            }
        } catch {
            report.end()
            await client.shutDown()
            throw Self.fault(error, url: url, hasKey: key != nil)
        }
        report.end()
        await client.shutDown()
        // With - nothing can be what was meant; without, more likely something was forgotten.
        if self.json == nil, report.count == 0 { throw CommandFault(.usage, Self.missing) }
    }

    private static func publishLines(with client: PublishClient, _ report: inout PublishReport) async throws {
        var reader = LineReader()
        while let line = try reader.next() {
            // JSON's white space.
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            do {
                try await self.publish(line, with: client, &report)
            } catch let failure as PublishFailure {
                throw FailedLine(number: reader.lineNumber, failure: failure)
            }
        }
    }

    private static func publish(_ json: [UInt8], with client: PublishClient, _ report: inout PublishReport) async throws {
        report.published(subscribers: try await client.publish(json))
    }

    private struct FailedLine: Error {
        let number: Int
        let failure: PublishFailure
    }

    private static func fault(_ error: any Error, url: ServerURL, hasKey: Bool) -> any Error {
        let place: String
        let failure: PublishFailure
        switch error {
        case let line as FailedLine: (place, failure) = ("line \(line.number): ", line.failure)
        case let other as PublishFailure: (place, failure) = ("", other)
        default: return error
        }
        switch failure {
        case .refused(let status, let detail):
            let hint = status == 401 && !hasKey ? " (set FANFARE_PUBLISH_KEY)" : ""
            return CommandFault(.refused, "\(place)the server refused it with \(status)\(detail.isEmpty ? "" : ": \(detail)")\(hint)")
        case .unreachable(let why):
            return CommandFault(.unavailable, "\(place)no server at \(url.text): \(why)")
        case .unanswered:
            return CommandFault(
                .unavailable, "\(place)\(url.text) ended the connection without an answer: the message may have been published or not")
        }
    }
}
