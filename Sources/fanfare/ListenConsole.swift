import FanfareClient
import Foundation

/// Prints what listeners hear: lines of JSON for programs, readable lines on a terminal; what happens to connections on standard error.
/// Confined to the listeners' loop. A reader that is slow holds up the loop, so nothing piles up here.
final class ListenConsole: ListenOutput {
    private static let batchBytes = 65_536

    private let url: ServerURL
    private let finish: (ListenOutcome) -> Void
    /// Messages still wanted; nil for no end.
    private var remaining: Int?
    private var hasEnded = false
    private var pending: [UInt8] = []

    init(url: ServerURL, count: Int?, finish: @escaping (ListenOutcome) -> Void) {
        self.url = url
        self.remaining = count
        self.finish = finish
    }

    func received(_ packet: EventPacket, of text: Span<UInt8>, on channel: [UInt8]) {
        guard !self.hasEnded else { return }
        guard MessageLine.isJSON(packet, of: text) else {
            return self.note("ignored an event on", channel, "that is not JSON with one argument", .yellow)
        }
        if Stream.output.isTerminal {
            self.pending += self.readableLine(packet, of: text, channel: channel).utf8
        } else {
            MessageLine.append(packet, of: text, channel: channel.span, to: &self.pending)
        }
        if let remaining {
            self.remaining = remaining - 1
            if remaining == 1 {
                self.readCompleted()
                return self.end(.done)
            }
        }
        if self.pending.count >= Self.batchBytes { self.readCompleted() }
    }

    func readCompleted() {
        guard !self.pending.isEmpty, !self.hasEnded else { return }
        switch Stream.output.write(self.pending) {
        case 0: break
        case EPIPE: self.end(.done)
        case let code: self.end(.outputFailed(String(cString: strerror(code))))
        }
        self.pending.removeAll(keepingCapacity: self.pending.capacity <= 2 * Self.batchBytes)
    }

    func changed(_ status: ListenerStatus, of channel: [UInt8]) {
        guard !self.hasEnded else { return }
        switch status {
        case .connected:
            break
        case .subscribed:
            self.note("listening to", channel, "at \(self.url.text)", .green)
        case .lost(let loss, let milliseconds):
            let seconds = Double(milliseconds / 100) / 10
            self.note("lost", channel, "at \(self.url.text): \(loss.words); trying again in \(seconds) s", .yellow)
        }
    }

    var isAbandoned: Bool { Stream.output.isAbandoned }

    private func end(_ outcome: ListenOutcome) {
        self.hasEnded = true
        self.finish(outcome)
    }

    private func note(_ what: String, _ channel: [UInt8], _ rest: String, _ style: Stream.Style) {
        let error = Stream.error
        error.write("fanfare: \(error.styled(what, style)) \(PrintableText.escaped(channel.span)) \(rest)\n")
    }

    private func readableLine(_ packet: EventPacket, of text: Span<UInt8>, channel: [UInt8]) -> String {
        let output = Stream.output
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        let clock = [local.tm_hour, local.tm_min, local.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let event = PrintableText.escaped(text.extracting(packet.name)).dropFirst().dropLast()
        let data = packet.data.isEmpty ? "null" : MessageLine.readable(text.extracting(packet.data))
        return "\(output.styled(clock, .faint)) \(output.styled(PrintableText.escaped(channel.span), .cyan)) "
            + "\(output.styled(String(event), .green)) \(data)\n"
    }
}
