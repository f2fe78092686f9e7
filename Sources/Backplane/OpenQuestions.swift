/// Questions that wait for answers of other nodes. A value without I/O; times are milliseconds.
struct OpenQuestions {
    typealias Done = (NodeAnswers) -> Void

    private struct Question {
        var answers = NodeAnswers()
        /// Nil until Redis has said it.
        var expected: Int?
        let deadline: Int64
        let done: Done

        var isAnswered: Bool { self.expected.map { self.answers.answers.count >= $0 } ?? false }
    }

    /// How long nodes may take.
    static let patience: Int64 = 1_000

    private var questions: [UInt64: Question] = [:]
    private var lastNumber: UInt64 = 0

    mutating func ask(now: Int64, _ done: @escaping Done) -> UInt64 {
        self.lastNumber += 1
        self.questions[self.lastNumber] = Question(deadline: now + Self.patience, done: done)
        return self.lastNumber
    }

    /// So many other nodes have heard it; nil: it did not get out.
    mutating func heard(by count: Int?, question number: UInt64) {
        self.questions[number]?.expected = max(count ?? 0, 0)
        self.questions[number]?.answers.asked = max(count ?? 0, 0)
        self.endIfAnswered(number)
    }

    mutating func answered(_ answer: NodeMessage) {
        self.questions[answer.number]?.answers.answers.append((answer.node, answer.text))
        self.endIfAnswered(answer.number)
    }

    /// What is still open after its time ends with what has come.
    mutating func endDue(now: Int64) {
        for (number, question) in self.questions where question.deadline <= now {
            self.questions[number] = nil
            question.done(question.answers)
        }
    }

    mutating func endAll() {
        self.endDue(now: .max)
    }

    private mutating func endIfAnswered(_ number: UInt64) {
        guard let question = self.questions[number], question.isAnswered else { return }
        self.questions[number] = nil
        question.done(question.answers)
    }
}
