import Foundation
import WireBytes

/// What `publish` says about what it has done: a line of JSON a message for programs, a sentence or a counter for people.
struct PublishReport {
    private static let redrawInterval = Duration.milliseconds(100)

    private let channel: String
    private let event: String
    private let isQuiet: Bool
    /// Many messages on a terminal: one line that counts instead of one a message.
    private let showsProgress: Bool
    private let showsMessages: Bool
    private let start = ContinuousClock.now
    private var lastRedraw: ContinuousClock.Instant?
    private(set) var count = 0
    /// Once nobody reads the lines any more; publishing goes on, as that is what was asked for.
    private var isUnread = false

    init(channel: String, event: String, isQuiet: Bool, isStream: Bool) {
        self.channel = channel
        self.event = event
        self.isQuiet = isQuiet
        // Progress would run into what a person types.
        self.showsProgress = isStream && !isQuiet && Stream.error.isTerminal && isatty(STDIN_FILENO) == 0
        self.showsMessages = !isQuiet && !(Stream.output.isTerminal && self.showsProgress)
    }

    mutating func published(subscribers: Int?) {
        self.count += 1
        if self.showsMessages, !self.isUnread {
            self.isUnread = Stream.output.write(Stream.output.isTerminal ? self.sentence(subscribers) : self.line(subscribers)) != 0
        }
        if self.showsProgress {
            let now = ContinuousClock.now
            if let last = self.lastRedraw, now - last < Self.redrawInterval { return }
            self.lastRedraw = now
            Stream.error.write("\r\u{1B}[K\(self.progress)")
        }
    }

    /// Leaves the counter's last state on its line.
    func end() {
        guard self.showsProgress, self.count > 0 else { return }
        Stream.error.write("\r\u{1B}[K\(self.progress)\n")
    }

    private var progress: String {
        let elapsed = (ContinuousClock.now - self.start) / .seconds(1)
        let rate = elapsed > 0 ? Int((Double(self.count) / elapsed).rounded()) : 0
        return "\(Stream.error.styled("published", .green)) \(self.count) \(self.count == 1 ? "message" : "messages"), \(rate) a second"
    }

    private func sentence(_ subscribers: Int?) -> [UInt8] {
        let reach = subscribers.map { " (\($0) \($0 == 1 ? "subscriber" : "subscribers"))" } ?? ""
        return Array("\(Stream.output.styled("published", .green)) \(self.event) to \(self.channel)\(reach)\n".utf8)
    }

    private func line(_ subscribers: Int?) -> [UInt8] {
        var line = Array(#"{"channel":"#.utf8)
        JSONText.appendQuoted(Array(self.channel.utf8).span, to: &line)
        line += #","event":"#.utf8
        JSONText.appendQuoted(Array(self.event.utf8).span, to: &line)
        line += #","subscribers":\#(subscribers.map(String.init) ?? "null")}"#.utf8
        line.append(0x0A)
        return line
    }
}
