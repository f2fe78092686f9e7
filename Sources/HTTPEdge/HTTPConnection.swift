package import NIOCore

/// The pipeline of an accepted connection: the decoder and our handler, nothing else.
package enum HTTPConnection {
    /// Called once on the channel's loop.
    package static func configure(
        _ channel: any Channel, endpoint: any Endpoint, limits: HTTPLimits, wheel: TimerWheel, scratch: ResponseScratch
    ) throws {
        let handler = HTTPConnectionHandler(
            eventLoop: channel.eventLoop, endpoint: endpoint, limits: limits, wheel: wheel, scratch: scratch)
        let decoder = ByteToMessageHandler(RequestDecoder(limits: limits, connection: handler))
        handler.decoder = decoder
        try channel.pipeline.syncOperations.addHandlers(decoder, handler)
    }
}
