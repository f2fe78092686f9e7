package import TransportSecurity

/// How a node reaches the others.
package struct BackplaneSettings: Sendable {
    package var url: RedisURL
    /// Nil: without TLS.
    package var tls: ClientTLS?
    /// Publishes on their way to Redis at the same time.
    package var maximumInFlight = 1_000
    /// Bytes of a posted body.
    package var maximumPayload: Int
    /// Nesting of the JSON.
    package var maximumDepth: Int
    /// Publishers that write to Redis themselves.
    package var emitters: [EmitterSource] = []
    /// This node's name among the nodes: random, new with each start.
    package var node: UInt64

    package init(url: RedisURL, tls: ClientTLS?, maximumPayload: Int, maximumDepth: Int, node: UInt64) {
        self.url = url
        self.tls = tls
        self.maximumPayload = maximumPayload
        self.maximumDepth = maximumDepth
        self.node = node
    }
}
