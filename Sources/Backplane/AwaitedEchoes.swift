import Broadcast

/// Publishes that Redis has taken and that have not come back to their own node yet. A value without I/O.
struct AwaitedEchoes {
    typealias Done = () -> Void

    private struct Echo {
        let position: Position
        /// Milliseconds.
        let deadline: Int64
        let done: Done
    }

    private var echoes: [ChannelName: [Echo]] = [:]

    /// Whether a message has arrived when the channel was heard up to `heard`.
    static func isPast(_ position: Position, _ heard: Position?) -> Bool {
        guard let heard else { return false }
        // Another epoch has begun since: it will not come any more.
        return heard.epoch != position.epoch || heard.offset >= position.offset
    }

    mutating func wait(for position: Position, in channel: ChannelName, until deadline: Int64, _ done: @escaping Done) {
        self.echoes[channel, default: []].append(Echo(position: position, deadline: deadline, done: done))
    }

    /// Those that have arrived, in their order.
    mutating func take(upTo heard: Position?, in channel: ChannelName) -> [Done] {
        guard let waiting = self.echoes[channel] else { return [] }
        let arrived = waiting.filter { Self.isPast($0.position, heard) }
        guard !arrived.isEmpty else { return [] }
        let rest = waiting.filter { !Self.isPast($0.position, heard) }
        self.echoes[channel] = rest.isEmpty ? nil : rest
        return arrived.map(\.done)
    }

    /// Those that have waited long enough: Redis has them in any case.
    mutating func takeDue(now: Int64) -> [Done] {
        guard !self.echoes.isEmpty else { return [] }
        let due = self.echoes.values.flatMap { $0.filter { $0.deadline <= now } }
        guard !due.isEmpty else { return [] }
        self.echoes = self.echoes.mapValues { $0.filter { $0.deadline > now } }.filter { !$0.value.isEmpty }
        return due.map(\.done)
    }

    mutating func takeAll() -> [Done] {
        defer { self.echoes = [:] }
        return self.echoes.values.flatMap { $0.map(\.done) }
    }
}
