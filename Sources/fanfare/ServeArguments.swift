import ArgumentParser
import FanfareServer
import Foundation
import Logging

/// An argument that the command line and a `FANFARE_*` variable read alike.
protocol ServeArgument: ExpressibleByArgument {
    /// What a good value looks like, for the message about a bad one.
    static var expected: String { get }
}

struct PortArgument: ServeArgument {
    let value: Int
    static let expected = "a port from 0 to 65535"

    init?(argument: String) {
        guard let value = Int(argument), (0...65_535).contains(value) else { return nil }
        self.value = value
    }
}

struct LoopsArgument: ServeArgument {
    let value: Int
    static let expected = "a number from 1 to 64"

    static var oneACore: Int { min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 64) }

    init?(argument: String) {
        guard let value = Int(argument), (1...64).contains(value) else { return nil }
        self.value = value
    }
}

struct DurationArgument: ServeArgument {
    let milliseconds: Int64
    static let expected = "a duration such as 300ms, 25s or 2m"

    init?(argument: String) {
        guard let duration = DurationText(argument), duration.milliseconds > 0 else { return nil }
        self.milliseconds = duration.milliseconds
    }
}

struct MaxPayloadArgument: ServeArgument {
    let value: Int
    static let expected = "a number of bytes from 1000 to 100000000"

    init?(argument: String) {
        guard let value = Int(argument), (1_000...100_000_000).contains(value) else { return nil }
        self.value = value
    }
}

struct LogLevelArgument: ServeArgument {
    let level: Logger.Level
    static let expected = "trace, debug, info, notice, warning, error or critical"

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }
}
