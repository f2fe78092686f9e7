import NIOCore
import RESP

/// What nodes ask each other.
extension BackplaneLinks {
    func ask(_ question: [UInt8], _ done: @escaping OpenQuestions.Done) {
        guard self.commands.isReady, self.messages.isReady else { return done(NodeAnswers()) }
        let number = self.questions.ask(now: self.clock(), done)
        let message = NodeMessage(node: self.settings.node, number: number, text: question)
        self.commands.send([.text("PUBLISH"), .bytes(RedisNames.questions), .bytes(message.bytes)]) { [unowned self] reply in
            guard case .integer(let receivers) = reply else { return self.questions.heard(by: nil, question: number) }
            // This node is one of them.
            self.questions.heard(by: Int(receivers) - 1, question: number)
        }
        self.commands.flush()
    }

    /// - Returns: false if the message is of something else.
    func receivedOfNodes(_ payload: [UInt8], on name: [UInt8]) -> Bool {
        if name == RedisNames.answers(to: self.settings.node) {
            if let answer = NodeMessage(parsing: payload) { self.questions.answered(answer) }
            return true
        }
        guard name == RedisNames.questions else { return false }
        guard let question = NodeMessage(parsing: payload), question.node != self.settings.node else { return true }
        let links = NIOLoopBound(self, eventLoop: self.eventLoop)
        let (answer, eventLoop) = (self.answer, self.eventLoop)
        Task {
            guard let text = await answer(question.text) else { return }
            eventLoop.execute { links.value.send(text, to: question) }
        }
        return true
    }

    private func send(_ text: [UInt8], to question: NodeMessage) {
        let answer = NodeMessage(node: self.settings.node, number: question.number, text: text)
        self.commands.send([.text("PUBLISH"), .bytes(RedisNames.answers(to: question.node)), .bytes(answer.bytes)]) { _ in }
        self.commands.flush()
    }
}
