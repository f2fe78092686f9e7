package import AccessControl
import Synchronization

/// The verifier of JSON Web Tokens: what is refused without a key's help is refused at once, what was verified before is remembered, and
/// the rest is verified by a few workers off the event loops. Used from every thread.
package final class JSONWebTokens: TokenVerifier {
    /// Tokens that may wait for a worker; past it `busy`. At most 32 MiB of tokens, and half a second of work for the slowest algorithm.
    package static let maximumWaiting = 4_096

    private struct Job: Sendable {
        let bytes: [UInt8]
        let digest: TokenDigest
        let report: @Sendable (TokenVerdict) -> Void
    }

    private struct State: Sendable {
        var keys: TokenKeys
        /// Counts the replacements of keys.
        var generation = 0
        var cache = TokenCache()
        /// As they came, and those whose turn is next, the first one last.
        var arriving: [Job] = []
        var next: [Job] = []
        var workers = 0
        var verifications = 0
    }

    private let state: Mutex<State>
    private let maximumWorkers: Int
    private let maximumWaiting: Int

    /// - Parameter workers: tokens that are verified at the same time, 1 at least: more would take the processors from the event loops.
    package init(keys: TokenKeys, workers: Int, maximumWaiting: Int = JSONWebTokens.maximumWaiting) {
        self.state = Mutex(State(keys: keys))
        self.maximumWorkers = max(workers, 1)
        self.maximumWaiting = maximumWaiting
    }

    /// Signatures that were ever checked.
    package var verifications: Int { self.state.withLock { $0.verifications } }

    /// Puts other keys in the place of these: nothing that was found with the old ones counts from here on.
    package func replace(keys: TokenKeys) {
        self.state.withLock { state in
            state.keys = keys
            state.generation += 1
            state.cache = TokenCache()
        }
    }

    package func verify(_ token: [UInt8], now: Int64, report: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict? {
        guard token.count <= CompactToken.maximumByteCount else { return .refused(.tooLong) }
        let digest = TokenDigest(token)
        let (known, keys) = self.state.withLock { ($0.cache.verdict(digest, now: now), $0.keys) }
        if let known { return known }
        do throws(TokenFault) {
            _ = try keys.key(for: try CompactToken(parsing: token.span))
        } catch {
            return .refused(error)
        }
        let (isTaken, startsWorker) = self.state.withLock { state -> (Bool, Bool) in
            guard state.arriving.count + state.next.count < self.maximumWaiting else { return (false, false) }
            state.arriving.append(Job(bytes: token, digest: digest, report: report))
            guard state.workers < self.maximumWorkers else { return (true, false) }
            state.workers += 1
            return (true, true)
        }
        if startsWorker { Task.detached { await self.work(now: now) } }
        return isTaken ? nil : .busy
    }

    // MARK: - Workers

    /// Until nothing is left to do.
    /// - Parameter now: when it began, milliseconds since 1970; near enough to see what has expired.
    @concurrent
    private func work(now: Int64) async {
        while let job = self.nextJob() {
            job.report(self.verdict(job, now: now))
            // Others want the thread too.
            await Task.yield()
        }
    }

    private func nextJob() -> Job? {
        self.state.withLock { state in
            if state.next.isEmpty {
                state.next = state.arriving.reversed()
                state.arriving = []
            }
            if let job = state.next.popLast() { return job }
            state.workers -= 1
            return nil
        }
    }

    private func verdict(_ job: Job, now: Int64) -> TokenVerdict {
        while true {
            // Somebody may have verified the same one while this waited.
            let (known, keys, generation) = self.state.withLock { ($0.cache.verdict(job.digest, now: now), $0.keys, $0.generation) }
            if let known { return known }
            let result: Result<TokenClaims, TokenFault>
            do throws(TokenFault) {
                result = .success(try keys.claims(of: job.bytes))
            } catch {
                result = .failure(error)
            }
            if let verdict = self.record(result, job, generation: generation) { return verdict }
        }
    }

    /// Nil if the keys were replaced meanwhile.
    private func record(_ result: Result<TokenClaims, TokenFault>, _ job: Job, generation: Int) -> TokenVerdict? {
        self.state.withLock { state in
            state.verifications += 1
            guard state.generation == generation else { return nil }
            switch result {
            case .success(let claims):
                state.cache.remember(claims, job.digest, byteCount: job.bytes.count)
                return .signed(claims)
            case .failure(let fault):
                state.cache.remember(fault, job.digest)
                return .refused(fault)
            }
        }
    }
}
