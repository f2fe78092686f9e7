import Broadcast
import Testing

@testable import Backplane

/// What waits on the backplane's thread: echoes, counts, questions.
@Suite("What waits for Redis")
struct WaitingTests {
    private let news = ChannelName(Array("news".utf8))
    private let other = ChannelName(Array("other".utf8))

    @Test("a publish is answered when its message has come back, in the order of the messages")
    func echoes() {
        var echoes = AwaitedEchoes()
        var ended: [UInt64] = []
        for offset in [3, 4, 5] as [UInt64] {
            echoes.wait(for: Position(epoch: 1, offset: offset), in: self.news, until: 100) { ended.append(offset) }
        }
        for done in echoes.take(upTo: Position(epoch: 1, offset: 2), in: self.news) { done() }
        for done in echoes.take(upTo: Position(epoch: 1, offset: 9), in: self.other) { done() }
        #expect(ended.isEmpty)
        for done in echoes.take(upTo: Position(epoch: 1, offset: 4), in: self.news) { done() }
        #expect(ended == [3, 4])
        // The epoch is over: it will not come.
        for done in echoes.take(upTo: Position(epoch: 2, offset: 1), in: self.news) { done() }
        #expect(ended == [3, 4, 5])
    }

    @Test("it is answered in any case after a while, and when the connection is lost")
    func echoesThatDoNotCome() {
        var echoes = AwaitedEchoes()
        var ended = 0
        for offset in 1...3 as ClosedRange<UInt64> {
            echoes.wait(for: Position(epoch: 1, offset: offset), in: self.news, until: Int64(offset) * 100) { ended += 1 }
        }
        for done in echoes.takeDue(now: 200) { done() }
        #expect(ended == 2)
        for done in echoes.takeAll() { done() }
        #expect(ended == 3)
        #expect(echoes.takeDue(now: .max).isEmpty)
    }

    @Test("while counts are on their way the next ones gather, each channel once")
    func counts() {
        var counting = CountedChannels()
        counting.insert([self.news])
        #expect(counting.take() == [self.news])
        counting.insert([self.news, self.other])
        counting.insert([self.other])
        #expect(counting.take().isEmpty)
        counting.told()
        #expect(Set(counting.take()) == [self.news, self.other])
        counting.lost()
        #expect(!counting.isBusy)
    }

    @Test("a question ends when all who have heard it have answered, in whatever order Redis and they speak")
    func questions() throws {
        var questions = OpenQuestions()
        var answers: [Int] = []
        let first = questions.ask(now: 0) { answers.append($0.answers.count) }
        let second = questions.ask(now: 0) { answers.append($0.answers.count * 10) }
        questions.answered(NodeMessage(node: 1, number: first, text: []))
        #expect(answers.isEmpty)
        questions.heard(by: 2, question: first)
        questions.answered(NodeMessage(node: 2, number: first, text: []))
        #expect(answers == [2])
        questions.heard(by: 0, question: second)
        #expect(answers == [2, 0])
        questions.answered(NodeMessage(node: 3, number: second, text: []))
        #expect(answers == [2, 0])
    }

    @Test("a node that does not answer is not waited for longer than a second")
    func silence() {
        var questions = OpenQuestions()
        var asked: (Int, Int)?
        let number = questions.ask(now: 0) { asked = ($0.asked, $0.answers.count) }
        questions.heard(by: 2, question: number)
        questions.answered(NodeMessage(node: 1, number: number, text: []))
        questions.endDue(now: 999)
        #expect(asked == nil)
        questions.endDue(now: 1_000)
        #expect(asked?.0 == 2 && asked?.1 == 1)
    }

    @Test("what nodes say to each other comes back as it was; what is short or newer is nothing")
    func messages() {
        let message = NodeMessage(node: .max, number: 7, text: [1, 2])
        #expect(NodeMessage(parsing: message.bytes) == message)
        for count in 0..<17 { #expect(NodeMessage(parsing: Array(message.bytes.prefix(count))) == nil) }
        #expect(NodeMessage(parsing: [2] + message.bytes.dropFirst()) == nil)
    }

    @Test("Redis knows a script by the SHA-1 of its text")
    func digest() {
        #expect(RedisScript("return 1").digest == Array("e0e1f9fabfc9d4800c877a703b823ac0578ff8db".utf8))
    }
}
