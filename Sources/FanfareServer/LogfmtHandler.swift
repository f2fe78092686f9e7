import Foundation
package import Logging

/// Log lines as `time=… level=… msg="…" key=value` on standard error, one write each. A closed or full standard error is no reason to stop.
package struct LogfmtHandler: LogHandler {
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
        var line = "time=\(Date().formatted(.iso8601)) level=\(event.level.rawValue) msg=\(Self.quoted("\(event.message)"))"
        let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted("\(value)"))"
        }
        line += "\n"
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    /// A value as it stands in a line, in quotes if it has to. One line whatever is in it: a peer may have chosen the text.
    package static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
                default: quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
