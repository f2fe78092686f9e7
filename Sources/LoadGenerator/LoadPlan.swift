package import FanfareClient

/// What a load run does.
package struct LoadPlan: Sendable {
    package enum Transport: String, Sendable, CaseIterable {
        case webSocket = "websocket"
        case polling
    }

    package enum Pace: Equatable, Sendable {
        /// Messages a second, sent when they are due whether or not earlier ones have arrived. Latency counts from when a message was due,
        /// so that a server that stalls cannot hide it (coordinated omission).
        case open(rate: Double)
        /// So many messages in flight; the next goes out when one has reached everybody.
        case closed(window: Int)
    }

    package let url: ServerURL
    /// Where messages are published: the same server, or another node of its cluster.
    package var publishURL: ServerURL
    package var key: String?
    package var transport = Transport.webSocket
    package var subscribers = 1_000
    package var channels = 1
    package var publishers = 1
    package var pace = Pace.closed(window: 1)
    /// Of publishing, in milliseconds.
    package var duration: Int64 = 10_000
    /// Bytes of a message's JSON, at least `LoadMessage.minimumBytes`.
    package var size = 64
    /// Connections begun a second.
    package var ramp = 2_000

    package init(url: ServerURL) {
        self.url = url
        self.publishURL = url
    }
}
