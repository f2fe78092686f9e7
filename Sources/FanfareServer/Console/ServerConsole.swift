import AccessControl
import Broadcast
import Console
import HTTPEdge
import NIOCore
import Realtime
import Synchronization
import WireBytes

/// What the console asks of a whole server. Nothing is gathered while nobody looks. Used from every thread.
final class ServerConsole: Sendable {
    /// How old a reading may be that answers a further question.
    private static let freshness = TimeAmount.milliseconds(900)

    private struct Latest {
        let began: NIODeadline
        let reading: Task<ConsoleReading, Never>
    }

    private let loops: ServerLoops
    private let metrics: ServerMetrics
    private let hub: Hub
    private let start = NIODeadline.now()
    private let latest = Mutex<Latest?>(nil)
    private let rows: Mutex<[SettingRow]>

    init(loops: ServerLoops, metrics: ServerMetrics, hub: Hub, configuration: [SettingRow]) {
        self.loops = loops
        self.metrics = metrics
        self.hub = hub
        self.rows = Mutex(configuration)
    }

    /// The answer to `GET /console/data`.
    func data(for key: AccessKey?) async -> [UInt8] {
        await self.reading().json(for: key)
    }

    /// Whoever asks meanwhile shares it.
    private func reading() async -> ConsoleReading {
        let reading = self.latest.withLock { latest in
            let now = NIODeadline.now()
            if let latest, now - latest.began < Self.freshness { return latest.reading }
            let seconds = Double((now - (latest?.began ?? self.start)).nanoseconds) / 1e9
            let next = Latest(began: now, reading: Task { await self.take(seconds: seconds) })
            latest = next
            return next.reading
        }
        return await reading.value
    }

    private func take(seconds: Double) async -> ConsoleReading {
        let server = await self.metrics.reading()
        let parts = await self.loops.ask { context in
            let activity = context.realtime.shard.takeActivity(most: ConsoleReading.mostRows)
            return ConsoleReading.LoopPart(
                busiest: activity.busiest, largest: activity.largest,
                slowest: context.realtime.slowest(most: ConsoleReading.mostRows), ended: context.realtime.journal.ended,
                now: context.realtime.wheel.now)
        }
        return ConsoleReading(server, parts, hub: self.hub, time: Double(WallClock.now()) / 1_000, seconds: seconds)
    }

    /// The answer to `GET /console/tap`. A channel is tapped on one loop, whichever the question came to.
    func tap(_ channel: ChannelName, after: Int) async -> ChannelTaps.Answer {
        await self.loops.ask(one: channel.hashValue) { $0.taps.look(at: channel, after: after) } ?? .tooMany
    }

    /// The settings have changed.
    func show(_ configuration: [SettingRow]) {
        self.rows.withLock { $0 = configuration }
    }

    /// The answer to `GET /console/configuration`.
    func configuration() -> [UInt8] {
        let rows = self.rows.withLock { $0 }
        var json = JSONWriter()
        json.object { json in
            json.member("settings", arrayOf: rows) { json, row in
                json.object { json in
                    json.member("name", text: row.name)
                    json.member("value", text: row.value)
                    json.member("source", text: row.source)
                }
            }
        }
        return json.bytes
    }
}
