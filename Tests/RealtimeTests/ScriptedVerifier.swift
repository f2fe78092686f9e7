import AccessControl
import Synchronization

/// Stands in for the cryptography: a token is the JSON of its claims, and `bad` is a forged one. Verdicts come at once, or when the test lets
/// them.
final class ScriptedVerifier: TokenVerifier {
    private struct State {
        var isPatient: Bool
        var isBusy = false
        var questions: [(token: [UInt8], report: @Sendable (TokenVerdict) -> Void)] = []
        var asked = 0
    }

    private let state: Mutex<State>

    /// - Parameter isPatient: verdicts wait for `answer`.
    init(isPatient: Bool = false) {
        self.state = Mutex(State(isPatient: isPatient))
    }

    /// How often it was asked.
    var asked: Int { self.state.withLock { $0.asked } }
    /// Questions that wait for `answer`.
    var waiting: Int { self.state.withLock { $0.questions.count } }

    func becomeBusy() {
        self.state.withLock { $0.isBusy = true }
    }

    func verify(_ token: [UInt8], now: Int64, report: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict? {
        self.state.withLock { state in
            state.asked += 1
            if state.isBusy { return .busy }
            guard state.isPatient else { return Self.verdict(token) }
            state.questions.append((token, report))
            return nil
        }
    }

    /// Lets the verdicts out, the first question's first unless said otherwise.
    func answer(_ count: Int = .max, lastFirst: Bool = false) {
        for _ in 0..<count {
            let question = self.state.withLock { state in
                state.questions.isEmpty ? nil : lastFirst ? state.questions.removeLast() : state.questions.removeFirst()
            }
            guard let question else { return }
            question.report(Self.verdict(question.token))
        }
    }

    private static func verdict(_ token: [UInt8]) -> TokenVerdict {
        do throws(TokenFault) {
            return .signed(try TokenClaims(parsing: token.span))
        } catch {
            return .refused(.signature)
        }
    }
}
