import Foundation
package import Logging

/// Log lines as one JSON object each on standard error: `level`, `msg`, `time` and what belongs to the event.
package struct JSONLogHandler: LogHandler {
    private let shared: LogLevel
    private var own: Logger.Level?
    package var metadata: Logger.Metadata = [:]

    package init(level: LogLevel) {
        self.shared = level
    }

    package var logLevel: Logger.Level {
        get { self.own ?? self.shared.value }
        set { self.own = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = Self.line(
            time: Date(), level: event.level, message: "\(event.message)",
            metadata: self.metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" })
        try? FileHandle.standardError.write(contentsOf: line)
    }

    /// A line with its end. What the server says itself wins over metadata of the same name.
    static func line(time: Date, level: Logger.Level, message: String, metadata: [String: String]) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let own = ["time": time.formatted(.iso8601), "level": level.rawValue, "msg": message]
        var line = (try? encoder.encode(own.merging(metadata) { own, _ in own })) ?? Data("{}".utf8)
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
