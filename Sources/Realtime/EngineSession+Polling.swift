import Broadcast
import EngineIO
import HTTPEdge
import NIOCore
import WireBytes

/// Long-polling (protocol.md 1.6, 1.7). Everything here is called on the session's loop; the requests may be on another.
extension EngineSession {
    // MARK: - GET

    func pollArrived(_ reply: PollReply) {
        if self.farewellMeets(reply) { return }
        switch self.machine.pollArrived(hasQueuedPackets: self.polling?.outbox.isEmpty == false) {
        case .answer:
            reply.answer(.packets(self.polling?.outbox.takeReply() ?? ByteBuffer()))
        case .park:
            self.polling?.parkedPoll = reply
        case .overlap:
            reply.answer(.badRequest)
            self.answerLastPoll(with: .text("1"))
            self.ended(.overlap)
        case .answerEnd:
            reply.answer(.text("6\u{1E}1"))
            self.ended(.forcedClose)
        case .refuse:
            reply.answer(.error(.badRequest))
        case .unknown:
            reply.answer(.error(.unknownSession))
        }
    }

    /// Its connection went away.
    func pollLost(_ poll: PollReply.Identifier) {
        guard self.polling?.parkedPoll?.identifier == poll, self.machine.parkedPollLost() else { return }
        self.ended(.transportError)
    }

    /// The answer to a poll could not be sent, and its packets are gone: a gap that the client must see as an end (contract 3).
    func answerLost() {
        if self.polling == nil { self.close(.transportError) } else { self.ended(.transportError) }
    }

    /// Something may be queued: the poll that waits takes it.
    func answerParkedPoll() {
        guard let polling = self.polling, !polling.isWorkingOffPost, !polling.outbox.isEmpty, self.machine.takeParkedPoll() else { return }
        let reply = polling.parkedPoll
        polling.parkedPoll = nil
        reply?.answer(.packets(polling.outbox.takeReply()))
    }

    /// Answers a waiting poll with this, behind what is queued.
    func answerLastPoll(with packet: PollAnswer) {
        guard let polling = self.polling, let reply = polling.parkedPoll, case .packets(let last) = packet else { return }
        polling.parkedPoll = nil
        guard !polling.outbox.isEmpty else { return reply.answer(packet) }
        var packets = polling.outbox.takeReply(leavingRoomFor: 1)
        packets.writeInteger(UInt8(0x1E))
        packets.writeImmutableBuffer(last)
        reply.answer(.packets(packets))
    }

    // MARK: - POST

    func postArrived(_ reply: PollReply) {
        switch self.machine.postArrived() {
        case .accept:
            self.polling?.post = reply.identifier
        case .overlap:
            reply.answer(.badRequest)
            self.answerLastPoll(with: .text("1"))
            self.ended(.overlap)
        case .refuse:
            reply.answer(.error(.badRequest))
        case .unknown:
            reply.answer(.error(.unknownSession))
        }
    }

    /// The body of the POST that `postArrived` has accepted.
    func post(_ body: ByteBuffer, _ reply: PollReply) {
        guard let polling = self.polling, polling.post == reply.identifier else {
            // Refused when it began, or overtaken by the session's end.
            return reply.answer(.error(.unknownSession))
        }
        polling.post = nil
        polling.isWorkingOffPost = true
        let result = self.workOff(body, reply)
        polling.isWorkingOffPost = false
        self.machine.postFinished()
        switch result {
        case .done:
            reply.answer(.ok)
            self.answerParkedPoll()
        case .left:
            reply.answer(.ok)
            self.answerLastPoll(with: .text("6"))
            self.ended(.transportClose)
        case .refused(let reason):
            reply.answer(.badRequest)
            if self.machine.isOpen { self.machine.end() }
            self.answerLastPoll(with: .text("1"))
            self.ended(reason)
        case .leavesLater:
            break
        }
    }

    /// The body was too large: the session lives on.
    func postTooLarge(_ reply: PollReply) {
        guard let polling = self.polling, polling.post == reply.identifier else { return }
        polling.post = nil
        self.machine.postFinished()
    }

    /// The connection went away before the body was complete.
    func postLost(_ post: PollReply.Identifier) {
        guard let polling = self.polling, polling.post == post else { return }
        polling.post = nil
        self.machine.postFinished()
        self.close(.transportError)
    }

    private enum PostResult {
        case done
        /// The client has closed.
        case left
        case leavesLater
        case refused(CloseReason)
    }

    private func workOff(_ body: ByteBuffer, _ reply: PollReply) -> PostResult {
        let bytes = body.readableBytesUInt8Span
        var reader = PayloadReader()
        var count = 0
        do {
            while let packet = try reader.next(in: bytes) {
                count += 1
                if count > self.loop.settings.maximumPacketsAPost { return .refused(.pollPackets) }
                if packet.type == .close, self.leaveLater(reply) { return .leavesLater }
                switch self.receive(packet, of: bytes) {
                case .none, .message:
                    // What the packets so far have made the server say is enough.
                    if let queued = self.polling?.outbox.byteCount, queued > self.loop.settings.queueBytes { return .refused(.queueBytes) }
                    if let refusal = self.polling?.refusal { return .refused(refusal) }
                case .end(.transportClose):
                    return .left
                case .end(let reason):
                    return .refused(reason)
                }
            }
        } catch {
            return .refused(.parseError)
        }
        return .done
    }

    // MARK: - Leaving

    /// How long a close packet waits for the GET that its client sent before it.
    private static let farewellMilliseconds: Int64 = 50

    /// A client that leaves has a GET under way and posts the close packet behind it. Over two connections on two loops the POST can come
    /// first; then it waits a moment for the GET, which is to be answered with a noop. The client sees nothing of that but the order it
    /// expects. Returns false where there is nothing to wait for.
    private func leaveLater(_ reply: PollReply) -> Bool {
        guard let polling = self.polling, polling.parkedPoll == nil, polling.farewell == nil, self.loop.directory.count > 1 else {
            return false
        }
        polling.farewell = reply
        let eventLoop = self.loop.shard.eventLoop
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Self.farewellMilliseconds)) { self.sayFarewell() }
        return true
    }

    private func farewellMeets(_ poll: PollReply) -> Bool {
        guard self.polling?.farewell != nil else { return false }
        poll.answer(.text("6"))
        self.sayFarewell()
        return true
    }

    private func sayFarewell() {
        guard self.polling?.farewell != nil else { return }
        self.ended(.transportClose)
    }
}
