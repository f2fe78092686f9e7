import Broadcast
import HTTPEdge
import Realtime

/// Runs seeds.
package enum Simulation {
    /// What became of a seed.
    package struct Report: Sendable {
        package let plan: Plan
        /// What broke a promise, the first of it first; empty if nothing did.
        package fileprivate(set) var violations: [String] = []
        /// The same in every run of the seed.
        package fileprivate(set) var hash: UInt64 = 0
        /// What every actor did and saw, if it was wanted.
        package fileprivate(set) var trace: [String] = []
        /// Tasks, timers and network events.
        package fileprivate(set) var steps = 0
        package fileprivate(set) var sessions = 0
        package fileprivate(set) var messages = 0
        package fileprivate(set) var deliveries = 0
        package fileprivate(set) var movedSessions = 0
        /// Whether the server was stopped; with publishers at work.
        package var drains: Int { self.plan.drains ? 1 : 0 }
        package var earlyDrains: Int { self.plan.drainsEarly ? 1 : 0 }
        /// Messages that were refused, as too many were waiting.
        package fileprivate(set) var overloads = 0
        /// Why connections and sessions were cut, and how often.
        package fileprivate(set) var cuts: [String: Int] = [:]
    }

    /// Contract 3 and 7: with the faults over, everything is as it should be within 45 s: pings every 25 s, 20 s for the pong.
    private static let convergence = 45_500
    /// Then the last connections of clients that have vanished idle for 75 s.
    private static let oblivion = 140_000

    /// - Parameters:
    ///   - flaw: planted in the server, under conditions in which it shows.
    ///   - conditions: those of this flaw, without it.
    package static func run(
        seed: UInt64, flaw: Flaw? = nil, underConditionsOf conditions: Flaw? = nil, keepsTrace: Bool = false
    ) -> Report {
        let plan = Plan(seed: seed, flaw: flaw, underConditionsOf: conditions)
        let world = World(plan, keepsTrace: keepsTrace)
        world.begin()
        world.run(for: world.plan.activeMilliseconds)
        if world.plan.drainsEarly {
            Self.drain(world)
            world.calmDown()
        } else {
            world.calmDown()
            world.run(for: Self.convergence)
            Self.checkConverged(world)
            for first in stride(from: 0, to: world.plan.channels, by: world.plan.publishers) {
                world.probe(from: first)
                world.run(for: 1_000)
            }
            Self.checkConverged(world)
            if world.plan.drains { Self.drain(world) } else { world.everybodyLeaves() }
        }
        world.run(for: Self.oblivion)
        Self.checkOrphans(world)
        var report = Report(plan: plan)
        report.violations = world.ledger.violations
        report.hash = world.trace.hash
        report.trace = world.trace.lines
        report.steps = world.steps
        report.sessions = world.sessions.count
        report.messages = world.ledger.messages.count
        report.deliveries = world.ledger.deliveries
        report.overloads = world.publishers.reduce(0) { $0 + $1.refused }
        for (loop, context) in zip(world.loops, world.node.contexts) {
            loop.run {
                report.movedSessions += context.realtime.movedSessions
                for (reason, count) in context.http.tally.cut { report.cuts["\(reason)", default: 0] += count }
            }
        }
        world.dispose()
        return report
    }

    /// As `FanfareServer.drain` does it: nothing new, what was begun, then the sessions a few at a time, loop after loop.
    private static func drain(_ world: World) {
        if world.plan.drainsEarly { world.upgradeAll() }
        world.startDraining()
        for _ in 0..<250 where world.hasUnfinishedPublishes { world.run(for: 20) }
        for step in (0..<world.plan.drainSteps).reversed() {
            for loop in world.loops.indices {
                world.tellToGo(on: loop, share: 1 / Double(step + 1))
                world.run(for: world.plan.drainPause)
            }
        }
    }

    private static func checkConverged(_ world: World) {
        guard world.ledger.violations.isEmpty else { return }
        for session in world.sessions where !session.isOver && !session.isVanished {
            if !session.isSettled { world.ledger.violated("session \(session.number) still waits for an answer") }
            world.ledger.checkUpToDate(session.record)
        }
        // Whoever is gone was forgotten by now.
        for session in world.sessions where session.isOver || session.isVanished { session.record.isOver = true }
        for session in world.sessions where !session.isOver && !session.isVanished { session.record.isDoubtful = false }
        if world.node.hub.pendingMessages != 0 { world.ledger.violated("\(world.node.hub.pendingMessages) messages are never fanned out") }
        for publisher in world.publishers where publisher.pending != nil {
            world.ledger.violated("publisher \(publisher.number) is never answered")
        }
    }

    /// Nobody is there any more: neither is anything of them.
    private static func checkOrphans(_ world: World) {
        guard world.ledger.violations.isEmpty else { return }
        for session in world.sessions where !session.isOver && !session.isVanished {
            world.ledger.violated("session \(session.number) was never told of its end")
        }
        for (loop, context) in zip(world.loops, world.node.contexts) {
            loop.run {
                let left = [
                    ("sessions", context.realtime.sessionCount), ("candidates", context.realtime.candidateCount),
                    ("queues", context.realtime.slowSessions.count), ("channels", context.realtime.shard.channelCount),
                    ("connections", context.http.openConnections), ("exchanges", context.http.openExchanges),
                    ("publishes", context.http.begunPublishes),
                ]
                for (what, count) in left where count != 0 { world.ledger.violated("loop \(loop.index) still has \(count) \(what)") }
            }
        }
        if world.node.hub.channelCount != 0 { world.ledger.violated("the hub still has \(world.node.hub.channelCount) channels") }
        if world.node.hub.pendingMessages != 0 { world.ledger.violated("\(world.node.hub.pendingMessages) messages are never fanned out") }
        let open = world.wires.count { $0.isOpenAtServer }
        if open > 0 { world.ledger.violated("\(open) connections are still open") }
        world.ledger.checkCounts()
    }
}
