package import NIOCore

/// An accepted connection that speaks HTTP.
package enum HTTPConnection {
    /// Puts HTTP into the channel's pipeline. Called on its loop, before it reads.
    /// - Parameters:
    ///   - endpoint: gets every request.
    ///   - wheel: of this loop.
    ///   - scratch: of this loop.
    package static func configure(
        _ channel: any Channel, endpoint: any Endpoint, limits: HTTPLimits, wheel: TimerWheel, scratch: ResponseScratch
    ) throws {
        let connection = HTTPConnectionHandler(
            endpoint: endpoint, limits: limits, wheel: wheel, scratch: scratch, eventLoop: channel.eventLoop)
        let decoder = RequestDecoderHandler(limits: limits, connection: connection)
        connection.decoder = decoder
        try channel.pipeline.syncOperations.addHandler(decoder)
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}
