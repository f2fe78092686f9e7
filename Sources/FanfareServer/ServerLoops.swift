import NIOCore
import Synchronization

/// All loops of a server, for questions about the whole of it. Used from every thread.
final class ServerLoops: Sendable {
    private let contexts = Mutex<[NIOLoopBound<LoopContext>]>([])

    /// Called when all loops are there, before the server listens.
    func attach(_ contexts: [NIOLoopBound<LoopContext>]) {
        self.contexts.withLock { $0 = contexts }
    }

    /// The loops end.
    func detach() {
        self.contexts.withLock { $0 = [] }
    }

    /// Asks every loop, all before the first is waited for, so that no loop waits for another one.
    /// - Returns: in the order of the loops, without those that have ended meanwhile.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (LoopContext) -> Answer) async -> [Answer] {
        let questions = self.contexts.withLock { $0 }.map { context in context.eventLoop.submit { question(context.value) } }
        var answers: [Answer] = []
        for question in questions {
            if let answer = try? await question.get() { answers.append(answer) }
        }
        return answers
    }

    /// Asks one of the loops, always the same for the same `number`.
    func ask<Answer: Sendable>(one number: Int, _ question: @escaping @Sendable (LoopContext) -> Answer) async -> Answer? {
        let contexts = self.contexts.withLock { $0 }
        guard !contexts.isEmpty else { return nil }
        let context = contexts[Int(UInt(bitPattern: number) % UInt(contexts.count))]
        return try? await context.eventLoop.submit { question(context.value) }.get()
    }
}

extension EventLoop {
    /// Has something found out on a thread that serves no connection, and told on this loop. Called on it.
    func find<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer, then done: @escaping (Answer) -> Void) {
        let done = NIOLoopBound(done, eventLoop: self)
        Task {
            let answer = await work()
            self.execute { done.value(answer) }
        }
    }
}
