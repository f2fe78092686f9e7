import Broadcast
import HTTPEdge
import NIOCore
import Realtime

/// The way out (contract 9): nothing new, finish what was begun, then the clients leave a few at a time.
extension FanfareServer {
    /// Leaves when every client has been told and has gone, or when their time is over: the window and thirteen seconds at most. Ends early if
    /// the task is cancelled.
    package func drain() async throws {
        let window = Double(self.settings.drainWindow) / 1_000
        for context in self.contexts {
            try await context.eventLoop.submit { context.value.http.isDraining = true }.get()
        }
        await self.listener.close()
        // Publishes that were begun get their place, and what has one is written, before anybody is told to go.
        try await self.wait(seconds: 5) { $0.pendingMessages == 0 && $0.begunPublishes == 0 }
        try await self.leave(window: window)
        // A long-polling client that is still there comes back at once for its last packets.
        try await self.wait(seconds: 2) { $0.pollingSessions == 0 && $0.webSockets == 0 && $0.exchanges == 0 }
        try await self.wait(seconds: 6) { $0.webSockets == 0 && $0.exchanges == 0 }
    }

    /// Closes the sessions spread over the window, at least a thousand a second, in no particular order.
    private func leave(window: Double) async throws {
        var total = 0
        for context in self.contexts {
            total += try await context.eventLoop.submit { context.value.realtime.sessionCount }.get()
        }
        let seconds = min(window, Double(total) / 1_000)
        let steps = max(Int(seconds * 20), 1)
        for step in 0..<steps {
            for context in self.contexts {
                try await context.eventLoop.submit { context.value.realtime.closeSome(share: 1 / Double(steps - step)) }.get()
            }
            if step + 1 < steps { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    /// What there is still to wait for.
    private struct Rest {
        let pendingMessages: Int
        var pollingSessions = 0
        var exchanges = 0
        var begunPublishes = 0
        var webSockets: Int
    }

    /// Looks every 20 ms, for at most so long.
    private func wait(seconds: Int, until isDone: (Rest) -> Bool) async throws {
        for _ in 0..<(seconds * 50) {
            var rest = Rest(pendingMessages: self.hub.pendingMessages, webSockets: self.gate.openConnections)
            for context in self.contexts {
                let (polling, http, exchanges, publishes) = try await context.eventLoop.submit {
                    let http = context.value.http
                    return (context.value.realtime.openPollingSessions, http.openConnections, http.openExchanges, http.begunPublishes)
                }.get()
                rest.exchanges += exchanges
                rest.begunPublishes += publishes
                rest.pollingSessions += polling
                rest.webSockets -= http
            }
            if isDone(rest) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
