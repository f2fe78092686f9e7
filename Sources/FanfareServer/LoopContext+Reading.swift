import Broadcast
import HTTPAPI
import HTTPEdge
import Realtime
import Telemetry
import TransportSecurity

extension LoopContext {
    /// What this loop has counted, for `/metrics`. Called on this loop; looks at nothing that grows with the number of connections but those
    /// that are behind.
    func reading() -> LoopReading {
        var reading = LoopReading()
        reading.webSocketSessions = self.realtime.webSocketSessions
        reading.pollingSessions = self.realtime.pollingSessions
        reading.subscriptions = self.realtime.shard.subscriptions
        reading.publishes = self.publish.published
        reading.deliveries = self.realtime.shard.deliveries
        reading.refused = self.http.tally.refused
        reading.cut = self.http.tally.cut
        reading.publishDurations = self.publish.durations
        reading.fanOutDurations = self.fanOut.durations
        reading.lag = self.lag.durations
        reading.receivedBytes = self.http.tally.receivedBytes
        reading.sentBytes = self.http.tally.sentBytes
        let slow = self.realtime.slowSessions
        reading.slowConnections = slow.count
        reading.queuedBytes = slow.queuedBytes
        reading.httpConnections = self.http.openConnections
        reading.answers = self.http.tally.answers
        reading.movedSessions = self.realtime.movedSessions
        reading.upgrades = self.realtime.upgrades
        reading.completedHandshakes = self.handshakes.completed
        reading.failedHandshakes = self.handshakes.failed
        reading.isDraining = self.http.isDraining
        return reading
    }
}
