import NIOCore

/// A connection that leaves HTTP, and waits for its request to be complete.
struct PendingUpgrade {
    let response: ByteBuffer
    let handler: any ChannelHandler
    /// The request is complete: to be done as soon as the decoder is off the stack.
    var isDue: Bool
}

extension HTTPConnectionHandler {
    /// `Exchange.upgrade`.
    func upgrade(_ serial: UInt64, responding response: ByteBuffer, to handler: any ChannelHandler) {
        switch self.machine.upgrade(serial) {
        case .ignore: break
        case .refuse:
            Exchange(connection: self, serial: serial)
                .respond(ResponseHead(.internalServerError, .json, closes: true), body: #"{"detail":"The request asked for no upgrade"}"#)
        case .wait:
            self.pendingUpgrade = PendingUpgrade(response: response, handler: handler, isDue: false)
        case .perform:
            self.pendingUpgrade = PendingUpgrade(response: response, handler: handler, isDue: true)
            if self.decoder?.isWorking != true { self.performUpgrade() }
        }
    }

    /// The 101 is written before the new handler comes in, as that may write at once, and flushed after, so that a broken connection ends in
    /// the new handler's `channelInactive`.
    func performUpgrade() {
        guard let upgrade = self.pendingUpgrade, let context = self.context, let decoder = self.decoder else { return }
        self.pendingUpgrade = nil
        let pending = self.takeCurrent()
        self.machine.upgraded()
        let channel = context.channel
        let pipeline = channel.pipeline.syncOperations
        let leftOver = decoder.takeInput()
        let readIsPending = self.takePendingRead()
        self.loop.tally.answered(code: 101)
        self.report(pending, identifier: self.identifier(of: pending?.request), status: 101)
        self.loop.tally.sentBytes &+= upgrade.response.readableBytes
        self.queue(upgrade.response)
        do {
            // Frees all but one of the reader's buffers.
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try pipeline.addHandler(upgrade.handler, position: .after(self))
        } catch {
            return self.close()
        }
        pipeline.removeHandler(self, promise: nil)
        pipeline.removeHandler(decoder, promise: nil)
        pipeline.flush()
        if let leftOver, leftOver.readableBytes > 0 {
            // The new handler counts them as well.
            self.loop.tally.receivedBytes &-= leftOver.readableBytes
            pipeline.fireChannelRead(NIOAny(leftOver))
            pipeline.fireChannelReadComplete()
        }
        if readIsPending { pipeline.read() }
    }
}
