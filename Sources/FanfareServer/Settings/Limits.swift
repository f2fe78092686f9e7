import Broadcast
import EngineIO
import HTTPEdge
import Realtime

/// The values of all limits: what was set, else the defaults.
package struct Limits: Sendable {
    private var set: [Limit: Int] = [:]

    package init() {}

    /// Bytes, milliseconds or a count.
    package subscript(_ limit: Limit) -> Int? {
        get { self.set[limit] ?? limit.standard }
        set { self.set[limit] = newValue }
    }

    /// Reads a value as people write it: `300ms`, `64KiB`, `100`.
    /// - Returns: nil for anything else, and for what is out of range.
    package static func parse(_ text: String, for limit: Limit) -> Int? {
        switch limit.unit {
        case .duration:
            guard let duration = DurationText(text), duration.milliseconds > 0 else { return nil }
            return Int(duration.milliseconds)
        case .count(let range):
            return Int(text).flatMap { range.contains($0) ? $0 : nil }
        case .bytes(let range):
            return ByteText(text).flatMap { range.contains($0.bytes) ? $0.bytes : nil }
        }
    }

    /// What a good value looks like.
    package static func expected(for limit: Limit) -> String {
        switch limit.unit {
        case .duration: "a duration such as 300ms, 25s or 2m"
        case .count(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range): "a size such as 64KiB, 4MiB or plain bytes, from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    /// A value as `parse` takes it.
    package static func text(_ value: Int, of limit: Limit) -> String {
        switch limit.unit {
        case .count: "\(value)"
        case .duration: value % 1_000 == 0 ? "\(value / 1_000)s" : "\(value)ms"
        case .bytes:
            if value % 1_048_576 == 0 { "\(value / 1_048_576)MiB" } else if value % 1_024 == 0 { "\(value / 1_024)KiB" } else { "\(value)" }
        }
    }

    private func value(_ limit: Limit) -> Int { self[limit] ?? .max }

    func http(maximumPayload: Int) -> HTTPLimits {
        var http = HTTPLimits()
        http.headerBytes = self.value(.headerBytes)
        http.headerFields = self.value(.headerFields)
        http.targetBytes = self.value(.targetBytes)
        http.bodyBytes = maximumPayload
        http.firstByteTimeout = Milliseconds(self.value(.firstByteDeadline))
        http.headerTimeout = Milliseconds(self.value(.headerDeadline))
        http.bodyTimeout = Milliseconds(self.value(.bodyDeadline))
        http.idleTimeout = Milliseconds(self.value(.idleDeadline))
        // An answer that is not read is a queue like any other.
        http.writeTimeout = Milliseconds(self.value(.queueAge))
        return http
    }

    var hub: HubLimits {
        var hub = HubLimits()
        hub.pendingBytes = self.value(.pendingBytes)
        hub.pendingMessages = self.value(.pendingMessages)
        return hub
    }

    func apply(to realtime: inout RealtimeSettings) {
        realtime.timings.silentTimeout = Int64(self.value(.silentDeadline))
        realtime.maximumFragments = self.value(.fragments)
        realtime.messageTimeout = Int64(self.value(.messageDeadline))
        realtime.maximumChannels = self.value(.channels)
        realtime.maximumPacketsAPost = self.value(.pollPackets)
        realtime.maximumPacketsAReply = self.value(.pollReplyPackets)
        realtime.eventsPerSecond = self.value(.eventsRate)
        realtime.eventBurst = self.value(.eventsBurst)
        realtime.pingsPerSecond = self.value(.pingsRate)
        realtime.closeTimeout = Int64(self.value(.closeDeadline))
        realtime.queueBytesWanted = self.value(.queueBytes)
        realtime.queueAge = Int64(self.value(.queueAge))
    }
}
