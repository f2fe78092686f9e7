import ArgumentParser
import FanfareServer

/// `--limit-…`, one flag a limit. What they mean stands in `Limit`; ArgumentParser wants each one spelled out.
struct LimitArguments: ParsableArguments {
    @Option(help: Self.help(.headerBytes)) var limitHeaderBytes: String?
    @Option(help: Self.help(.headerFields)) var limitHeaderFields: String?
    @Option(help: Self.help(.targetBytes)) var limitTargetBytes: String?
    @Option(help: Self.help(.firstByteDeadline)) var limitFirstByteDeadline: String?
    @Option(help: Self.help(.headerDeadline)) var limitHeaderDeadline: String?
    @Option(help: Self.help(.bodyDeadline)) var limitBodyDeadline: String?
    @Option(help: Self.help(.idleDeadline)) var limitIdleDeadline: String?
    @Option(help: Self.help(.fragments)) var limitFragments: String?
    @Option(help: Self.help(.messageDeadline)) var limitMessageDeadline: String?
    @Option(help: Self.help(.jsonDepth)) var limitJsonDepth: String?
    @Option(help: Self.help(.channels)) var limitChannels: String?
    @Option(help: Self.help(.pollPackets)) var limitPollPackets: String?
    @Option(help: Self.help(.pollReplyPackets)) var limitPollReplyPackets: String?
    @Option(help: Self.help(.silentDeadline)) var limitSilentDeadline: String?
    @Option(help: Self.help(.eventsRate)) var limitEventsRate: String?
    @Option(help: Self.help(.eventsBurst)) var limitEventsBurst: String?
    @Option(help: Self.help(.pingsRate)) var limitPingsRate: String?
    @Option(help: Self.help(.closeDeadline)) var limitCloseDeadline: String?
    @Option(help: Self.help(.queueBytes)) var limitQueueBytes: String?
    @Option(help: Self.help(.queueAge)) var limitQueueAge: String?
    @Option(help: Self.help(.pendingBytes)) var limitPendingBytes: String?
    @Option(help: Self.help(.pendingMessages)) var limitPendingMessages: String?
    @Option(help: Self.help(.inFlightMessages)) var limitInFlightMessages: String?
    @Option(help: Self.help(.allQueues)) var limitAllQueues: String?
    @Option(help: Self.help(.connections)) var limitConnections: String?
    @Option(help: Self.help(.connectionsPerAddress)) var limitConnectionsPerAddress: String?

    private static let options: [(limit: Limit, value: @Sendable (LimitArguments) -> String?)] = [
        (.headerBytes, { $0.limitHeaderBytes }),
        (.headerFields, { $0.limitHeaderFields }),
        (.targetBytes, { $0.limitTargetBytes }),
        (.firstByteDeadline, { $0.limitFirstByteDeadline }),
        (.headerDeadline, { $0.limitHeaderDeadline }),
        (.bodyDeadline, { $0.limitBodyDeadline }),
        (.idleDeadline, { $0.limitIdleDeadline }),
        (.fragments, { $0.limitFragments }),
        (.messageDeadline, { $0.limitMessageDeadline }),
        (.jsonDepth, { $0.limitJsonDepth }),
        (.channels, { $0.limitChannels }),
        (.pollPackets, { $0.limitPollPackets }),
        (.pollReplyPackets, { $0.limitPollReplyPackets }),
        (.silentDeadline, { $0.limitSilentDeadline }),
        (.eventsRate, { $0.limitEventsRate }),
        (.eventsBurst, { $0.limitEventsBurst }),
        (.pingsRate, { $0.limitPingsRate }),
        (.closeDeadline, { $0.limitCloseDeadline }),
        (.queueBytes, { $0.limitQueueBytes }),
        (.queueAge, { $0.limitQueueAge }),
        (.pendingBytes, { $0.limitPendingBytes }),
        (.pendingMessages, { $0.limitPendingMessages }),
        (.inFlightMessages, { $0.limitInFlightMessages }),
        (.allQueues, { $0.limitAllQueues }),
        (.connections, { $0.limitConnections }),
        (.connectionsPerAddress, { $0.limitConnectionsPerAddress }),
    ]

    /// By path of the setting.
    var flags: [String: [String]] {
        var flags: [String: [String]] = [:]
        for (limit, value) in Self.options { flags["limits." + limit.rawValue] = value(self).map { [$0] } ?? [] }
        return flags
    }

    func validate() throws {
        for (path, values) in self.flags { try SettingArguments.check(path, values) }
    }

    private static func help(_ limit: Limit) -> ArgumentHelp {
        let (bounds, answer) = limit.explanation
        let standard = limit.standard.map { " (default: \(Limits.text($0, of: limit)))" } ?? ""
        return ArgumentHelp("\(bounds). Past it: \(answer)\(standard).")
    }
}
