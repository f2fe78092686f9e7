import AccessControl
import Broadcast
import EngineIO
import NIOCore
import WireBytes

/// Packets that wait for a token's verification, which happens on other threads, and the packets behind them.
extension SocketIOConnection {
    /// Has tokens verified. While verdicts are missing the client's later packets wait.
    /// - Returns: the verdicts, if all are known at once; nil if `then` will be called instead, or never if the session ends before.
    func verify(_ tokens: [[UInt8]], by judge: TokenJudge, then: @escaping TokenWait.Continuation) -> [TokenVerdict]? {
        let state = self.tokens ?? SessionTokens()
        self.tokens = state
        state.content.lastNumber += 1
        var wait = TokenWait(number: state.content.lastNumber, tokens: tokens, judge: judge, then: then)
        self.ask(&wait)
        // The packet itself has paid for one; those that were verified before cost next to nothing.
        for _ in 0..<max(wait.laborious - 1, 0) where !self.events.take(now: self.session.now) {
            self.session.close(.eventsRate)
            return nil
        }
        if let verdicts = wait.allVerdicts { return verdicts }
        state.content.wait = wait
        return nil
    }

    /// Asks for what is missing. The verdicts come to this loop: if the session has gone to another one by then, that one has asked too.
    private func ask(_ wait: inout TokenWait) {
        let directory = self.session.loop.directory, loop = self.session.loop.index, identifier = self.session.identifier
        let number = wait.number, time = wait.judge.clock()
        for index in wait.tokens.indices where wait.verdicts[index] == nil {
            wait.verdicts[index] = wait.judge.verifier.verify(wait.tokens[index], now: time) { verdict in
                directory.run(on: loop) { $0.session(identifier)?.verified(verdict, token: index, of: number) }
            }
        }
    }

    /// The session has come from another loop, where it was waiting; what the verifier says there is lost.
    func askAgain() {
        guard let state = self.tokens, var wait = state.content.wait else { return }
        self.ask(&wait)
        self.proceed(wait, state)
    }

    /// - Parameters:
    ///   - index: of the token among those of its packet.
    ///   - number: the packet's.
    func verified(_ verdict: TokenVerdict, token index: Int, of number: Int) {
        guard let state = self.tokens, var wait = state.content.wait, wait.number == number, wait.verdicts.indices.contains(index) else {
            return
        }
        wait.verdicts[index] = verdict
        self.proceed(wait, state)
    }

    private func proceed(_ wait: TokenWait, _ state: SessionTokens) {
        guard let verdicts = wait.allVerdicts else {
            state.content.wait = wait
            return
        }
        state.content.wait = nil
        wait.then(self, verdicts)
        // Until one of them has to wait again, or ends the session.
        while let state = self.tokens, state.content.wait == nil, let packet = state.content.held.popFirst() {
            self.process(packet.span)
        }
    }

    /// Keeps a packet for later. It was counted as an event when it came.
    func hold(_ packet: Span<UInt8>, _ state: SessionTokens) {
        let settings = self.session.loop.settings
        let isHeld = state.content.held.append(packet, maximumCount: settings.eventBurst, maximumBytes: settings.maximumPayload)
        if !isHeld { self.session.close(.eventsRate) }
    }
}

extension EngineSession {
    func verified(_ verdict: TokenVerdict, token index: Int, of number: Int) {
        (self.application as? SocketIOConnection)?.verified(verdict, token: index, of: number)
    }

    /// In a later turn, when the session can be written to on its new loop.
    func askForTokensLater() {
        let loop = self.loop, identifier = self.identifier
        loop.shard.eventLoop.assumeIsolated().execute {
            (loop.session(identifier)?.application as? SocketIOConnection)?.askAgain()
        }
    }
}
