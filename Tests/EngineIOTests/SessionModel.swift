import EngineIO

/// What a session of long-polling and WebSocket may do, told apart from how the machine keeps it: plain facts, changed by hand as
/// protocol.md 1.6 to 1.12 say.
struct SessionModel {
    enum Phase { case polling, webSocket, closing, closed }

    var phase: Phase
    var hasParkedPoll = false
    var isPosting = false
    var hasCandidate = false
    /// Polls that were parked, and those of them that were answered or went away.
    var parked = 0
    var settled = 0
    /// How often the machine said that the session has ended.
    var ends = 0

    init(isWebSocket: Bool) {
        self.phase = isWebSocket ? .webSocket : .polling
    }

    var isOpen: Bool { self.phase == .polling || self.phase == .webSocket }

    mutating func park() {
        self.hasParkedPoll = true
        self.parked += 1
    }

    /// The waiting poll was answered, or is gone.
    mutating func settle() {
        if self.hasParkedPoll { self.settled += 1 }
        self.hasParkedPoll = false
    }

    mutating func end() {
        if self.phase != .closed { self.ends += 1 }
        self.phase = .closed
        self.isPosting = false
        self.hasCandidate = false
        self.settle()
    }
}
