import Broadcast
import EngineIO
import NIOCore

/// The upgrade from long-polling to a WebSocket (protocol.md 1.10), seen from the session. The candidate may be on another loop: then what
/// it receives comes here, and in the end the session goes there, so that delivery over the WebSocket needs no hop.
extension EngineSession {
    func candidateArrived(_ candidate: UpgradeCandidate.Identifier) -> SessionStateMachine.CandidateAction {
        let action = self.machine.candidateArrived(now: self.now)
        if action == .accept {
            self.candidate = candidate
            self.scheduleDeadline()
        }
        return action
    }

    func candidateLost(_ candidate: UpgradeCandidate.Identifier) {
        guard self.candidate == candidate else { return }
        self.candidate = nil
        self.machine.candidateLost()
    }

    func candidate(_ candidate: UpgradeCandidate.Identifier, received packet: PacketType, isProbe: Bool) {
        guard self.candidate == candidate else { return }
        switch self.machine.candidateReceived(packet, isProbe: isProbe, now: self.now) {
        case .none:
            break
        case .answerProbe:
            self.answerProbe(of: candidate)
        case .drop:
            self.candidate = nil
            self.loop.directory.run(on: candidate.loop) { $0.closeCandidate(candidate) }
        case .complete:
            self.candidate = nil
            self.answerDiscardedPoll()
            if candidate.loop == self.loop.index {
                self.takeOver(candidate)
            } else {
                self.move(to: candidate)
            }
        }
    }

    /// On the way that the session itself may take next: the answer has to be there first.
    private func answerProbe(of candidate: UpgradeCandidate.Identifier) {
        let directory = self.loop.directory
        if candidate.loop == self.loop.index {
            self.loop.candidate(candidate)?.webSocket?.send(text: Array("3probe".utf8))
        } else {
            self.loop.shard.send(to: candidate.loop) { shard in
                directory.run(on: shard.index) { $0.candidate(candidate)?.webSocket?.send(text: Array("3probe".utf8)) }
            }
        }
    }

    /// The polling transport is discarded: its packets go over the WebSocket, a poll that still waits is told that it is over.
    private func answerDiscardedPoll() {
        self.polling?.parkedPoll?.answer(.text("1"))
        self.polling?.parkedPoll = nil
        self.polling?.farewell?.answer(.ok)
    }

    private func takeOver(_ candidate: UpgradeCandidate.Identifier) {
        let queued = self.polling?.outbox.takeAll() ?? []
        guard let webSocket = self.loop.takeCandidate(candidate)?.webSocket else { return self.ended(.transportClose) }
        self.attach(webSocket, sending: queued)
    }

    private func move(to candidate: UpgradeCandidate.Identifier) {
        guard let application = self.application?.handOver() else { return self.ended(.transportClose) }
        var outbox = self.polling?.outbox ?? PollOutbox()
        let identifier = self.identifier, machine = self.machine, directory = self.loop.directory
        let socket = self.socket, address = self.address
        self.loop.shard.move(self, to: candidate.loop) { rest, placements in
            for publication in rest { outbox.append(publication) }
            let transfer = SessionTransfer(
                identifier: identifier, machine: machine, queued: outbox.takeAll(), placements: placements,
                application: application, candidate: candidate, socket: socket, address: address)
            return { shard in directory.run(on: shard.index) { $0.adopt(transfer) } }
        }
        self.loop.noteMoved(self)
        self.detach()
    }
}
