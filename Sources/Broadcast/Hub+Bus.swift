import NIOCore
import SocketIO
import Synchronization

/// What the bus tells the hub. Called on the bus's thread.
extension Hub {
    /// Whether anybody here wants the channel's messages; those who only look on count too.
    package func hasInterest(in channel: ChannelName) -> Bool {
        self.stripe(of: channel).state.withLock { $0.channels[channel] != nil }
    }

    /// Whether the messages of all nodes reach the channel's subscribers here. Always, for a server that is alone. Called on any thread.
    package func isConfirmed(_ channel: ChannelName) -> Bool {
        guard self.bus != nil else { return true }
        let period = self.busPeriod.load(ordering: .acquiring)
        return self.stripe(of: channel).state.withLock { $0.channels[channel]?.confirmedIn == period }
    }

    /// From now on the messages of all nodes arrive: those who wait for that are told, on their loops.
    package func confirm(_ channel: ChannelName) {
        let period = self.busPeriod.load(ordering: .acquiring)
        var loopsToWake: UInt64 = 0
        self.stripe(of: channel).state.withLock { state in
            guard let interest = state.channels[channel], interest.confirmedIn != period else { return }
            state.channels[channel]?.confirmedIn = period
            Self.forEachLoop(in: interest.loops) { loop in
                if self.mailboxes[loop].append(task: { $0.confirmed(channel) }) { loopsToWake |= 1 << UInt64(loop) }
            }
        }
        Self.forEachLoop(in: loopsToWake) { self.mailboxes[$0].wake() }
    }

    /// Messages of other nodes do not arrive any more.
    package func busLost() {
        self.busPeriod.add(1, ordering: .acquiringAndReleasing)
    }

    /// Sends a message to those whom it names, on all loops.
    /// - Returns: as `deliver(_:)`.
    package func deliver(toAudience publication: Publication) -> Bool {
        let isWithinBounds = self.admission.take(bytes: publication.byteCount)
        publication.expectFanOuts(self.mailboxes.count)
        for mailbox in self.mailboxes where mailbox.append(Mailbox.Post(publication: publication, sequence: 0)) { mailbox.wake() }
        return isWithinBounds
    }

    /// Tells the channel's subscribers here, between the messages, that some before the next one may be missing.
    package func announceGap(in channel: ChannelName) {
        let event = ServerEvent.gapName, payload = ServerEvent.gapPayload(channel: channel.bytes)
        _ = self.deliver(Publication(channel: channel, event: event.span, payload: payload.span, allocator: ByteBufferAllocator()))
    }
}
