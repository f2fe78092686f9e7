package import NIOCore

/// What the HTTP connections of one loop share. Confined to its loop.
package final class HTTPLoop {
    package let eventLoop: any EventLoop
    package let wheel: TimerWheel
    package let tally: Tally
    /// For connections from now on; those that are open keep theirs.
    package var limits: HTTPLimits
    /// Whose `X-Forwarded-*` headers are believed.
    package var proxies = ProxyList()
    /// Hears of every request that was answered; nil as a rule, as it costs each of them.
    package var requestAnswered: ((RequestRecord) -> Void)?
    let scratch = ResponseScratch()
    /// Every answer is its connection's last: the server is stopping.
    package var isDraining = false
    /// Connections that speak HTTP: neither closed nor upgraded.
    package internal(set) var openConnections = 0
    /// Requests whose answer is not written.
    package internal(set) var openExchanges = 0
    /// Publishes whose body is still arriving: a drain lets them get their place while there is somebody to hear them.
    package var begunPublishes = 0

    package init(eventLoop: any EventLoop, limits: HTTPLimits) {
        self.eventLoop = eventLoop
        self.wheel = TimerWheel(eventLoop: eventLoop)
        self.tally = Tally()
        self.limits = limits
    }

    /// Puts HTTP into the pipeline of an accepted channel of this loop. Called before it reads.
    /// - Parameter reachesSocket: no other handler stands in front: no TLS. Then answers and frames go past NIO's queue.
    package func configure(_ channel: any Channel, endpoint: any Endpoint, reachesSocket: Bool = false) throws {
        try self.add(HTTPConnectionHandler(endpoint: endpoint, loop: self, reachesSocket: reachesSocket), to: channel)
    }

    /// Has the channel say 503 and close: there are too many.
    package func refuse(_ channel: any Channel, endpoint: any Endpoint) throws {
        let connection = HTTPConnectionHandler(endpoint: endpoint, loop: self, reachesSocket: false)
        connection.isSurplus = true
        try self.add(connection, to: channel)
    }

    private func add(_ connection: HTTPConnectionHandler, to channel: any Channel) throws {
        let decoder = RequestDecoderHandler(limits: self.limits, connection: connection)
        connection.decoder = decoder
        try channel.pipeline.syncOperations.addHandler(decoder)
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}

@available(*, unavailable) extension HTTPLoop: Sendable {}
