import AccessControl
import Broadcast
import EngineIO
import Realtime
import SocketIO
import Telemetry
import WireBytes

extension ConsoleReading {
    /// The answer to `GET /console/data`.
    /// - Parameter key: channels that it is not for are left out; nil on an open server.
    func json(for key: AccessKey?) -> [UInt8] {
        let loops = self.server.loops
        var json = JSONWriter()
        json.object { json in
            json.member("version", text: self.server.version)
            json.member("started", self.server.process?.startTime ?? self.time)
            json.member("now", self.time)
            json.member("draining", loops.isDraining)
            json.member("loops", self.server.loopCount)
            json.member("maximum_connections", self.server.maximumSockets)
            json.member("websocket", loops.webSocketSessions)
            json.member("polling", loops.pollingSessions)
            json.member("subscriptions", loops.subscriptions)
            json.member("channels", self.server.channels)
            json.member("publishes", loops.publishes)
            json.member("deliveries", loops.deliveries)
            json.member("http_connections", loops.httpConnections)
            json.member("received_bytes", loops.receivedBytes)
            json.member("sent_bytes", loops.sentBytes)
            json.member("queued_bytes", loops.queuedBytes)
            json.member("slow", loops.slowConnections)
            json.member("pending_messages", self.server.pendingMessages)
            json.member("sessions_moved", loops.movedSessions)
            json.name("process")
            if let process = self.server.process { json.write(process) } else { json.null() }
            json.member("bounds", arrayOf: DurationHistogram.boundSeconds) { $0.number($1) }
            json.member("publish", arrayOf: loops.publishDurations.counts) { $0.integer($1) }
            json.member("fan_out", arrayOf: loops.fanOutDurations.counts) { $0.integer($1) }
            json.member("loop_lag", arrayOf: loops.lag.counts) { $0.integer($1) }
            json.member("refused") { $0.write(loops.refused) }
            json.member("cut") { $0.write(loops.cut) }
            json.member("busiest", arrayOf: Self.visible(self.busiest, to: key)) { $0.write($1) }
            json.member("largest", arrayOf: Self.visible(self.largest, to: key)) { $0.write($1) }
            json.member("slowest", arrayOf: self.slowest) { $0.write($1) }
            json.member("ended", arrayOf: self.ended) { $0.write($1, now: self.now) }
        }
        return json.bytes
    }

    private static func visible(_ channels: [Channel], to key: AccessKey?) -> [Channel] {
        guard let key else { return channels }
        return channels.filter { key.covers($0.name.bytes.span) }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ process: ProcessReading) {
        self.object { json in
            json.member("cpu_seconds", process.processorSeconds)
            json.member("resident_bytes", process.residentBytes)
            json.member("open_descriptors", process.openDescriptors)
        }
    }

    fileprivate mutating func write(_ counts: [String: Int]) {
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            self.name(reason)
            self.integer(count)
        }
    }

    fileprivate mutating func write(_ channel: ConsoleReading.Channel) {
        self.object { json in
            json.member("channel", text: channel.name.bytes)
            json.member("subscribers", channel.subscribers)
            json.member("messages", (channel.messages * 100).rounded() / 100)
        }
    }

    fileprivate mutating func write(_ socket: SocketReport) {
        self.object { json in
            json.member("id", text: socket.socket.characters)
            json.member("address", text: socket.address)
            json.member("transport", text: socket.transport)
            json.member("queued_bytes", socket.queuedBytes)
            json.member("queue_seconds", SocketStory.seconds(socket.queueAge))
        }
    }

    fileprivate mutating func write(_ ended: SocketJournal.Ended, now: Int64) {
        self.object { json in
            json.member("id", text: ended.socket.characters)
            json.member("address", text: ended.address)
            json.member("reason", text: ended.reason.label.description)
            json.member("seconds_ago", SocketStory.seconds(now - ended.time))
            json.member("age", SocketStory.seconds(ended.age))
        }
    }
}
