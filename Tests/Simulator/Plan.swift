import NIOCore

/// What a seed makes of a run: how many of each, the limits, and which faults with which probability (in thousandths). Each seed has a random
/// subset of the faults: together they would hide each other.
package struct Plan: Sendable {
    package let seed: UInt64
    package let flaw: Flaw?
    var loops: Int
    var clients: Int
    var channels: Int
    var publishers: Int
    /// At most so many, apart from a last one for each channel.
    var messages: Int
    /// How long clients act, faults happen and publishers publish, in milliseconds. Then everything has to come to rest.
    var activeMilliseconds: Int
    var latencyMicroseconds: ClosedRange<Int>
    /// Between two of a publisher's messages, and two of a client's acts.
    var publishMilliseconds: ClosedRange<Int>
    var actMilliseconds: ClosedRange<Int>
    var paddingBytes: ClosedRange<Int>

    // The server's settings.
    var maximumPayload: Int
    var queueBytes: Int
    var queueAge: Int
    var loopQueueBytes: Int
    var pendingMessages: Int
    var maximumChannels: Int

    // The machine.
    var kernelBytes: Int
    var readBytes: Int
    var waterMark: ChannelOptions.Types.WriteBufferWaterMark

    /// Who reads is quick enough to read all that is queued within the five seconds that a closed WebSocket has, and a poll's answer.
    private(set) var isBrisk = false

    // Clients, of a thousand.
    var polling: Int
    var upgrades: Int

    /// How long a loop is at each task, timer and read.
    var workMicroseconds: ClosedRange<Int>

    /// How often another loop gets on while one writes.
    var preemptions: Int

    // Faults.
    var splits: Int
    var loopStalls: Int
    var stalls: Int
    var vanishes: Int
    var resets: Int
    var leaves: Int
    var garbage: Int
    var latePolls: Int
    var lostPolls: Int
    var mutes: Int
    var lostPublishes: Int
    /// The server is stopped at the end, with everybody there.
    var drains: Bool
    /// It is stopped while publishers publish.
    var drainsEarly: Bool
    /// The clients of each loop are told to go in so many portions, so many milliseconds apart.
    var drainSteps: Int
    var drainPause: Int

    init(seed: UInt64, flaw: Flaw?, underConditionsOf conditions: Flaw?) {
        var generator = Generator(seed: seed, actor: -1)
        /// A fault is off in two seeds of three.
        func fault(_ range: ClosedRange<Int>) -> Int {
            let value = generator.within(range)
            return generator.below(3) == 0 ? value : 0
        }
        self.seed = seed
        self.flaw = flaw
        self.loops = generator.within(1...4)
        self.clients = generator.within(2...10)
        self.channels = generator.within(1...5)
        self.publishers = generator.within(1...3)
        self.messages = generator.pick([50, 200, 400])
        self.activeMilliseconds = generator.within(1_000...6_000)
        self.latencyMicroseconds = generator.pick([0...0, 0...20, 20...500, 100...20_000, 1_000...80_000])
        self.publishMilliseconds = generator.pick([0...0, 0...30, 5...100, 50...500])
        self.actMilliseconds = generator.pick([5...100, 50...500, 200...1_500])
        let isLarge = generator.below(3) == 0
        self.maximumPayload = isLarge ? 4_000 : 1_000
        self.paddingBytes = isLarge ? 0...3_900 : 0...generator.pick([10, 900])
        self.queueBytes = generator.pick([0, 20_000, 200_000])
        self.queueAge = generator.pick([1_000, 30_000])
        self.loopQueueBytes = generator.below(4) == 0 ? generator.within(10_000...60_000) : .max
        self.pendingMessages = generator.pick([1, 4, 10_000])
        self.maximumChannels = generator.pick([1, 2, 128])
        self.kernelBytes = generator.pick([512, 4_096, 65_536])
        self.readBytes = generator.pick([64, 1_000, 100_000])
        self.waterMark = generator.pick([.init(low: 512, high: 2_048), .init(low: 1_024, high: 8_192), .init(low: 16_384, high: 65_536)])
        self.polling = generator.pick([0, 500, 1_000])
        self.upgrades = generator.pick([0, 100, 400])
        self.splits = fault(100...600)
        self.loopStalls = fault(100...900)
        self.stalls = fault(20...200)
        self.vanishes = fault(10...80)
        self.resets = fault(10...100)
        self.leaves = fault(10...100)
        self.garbage = fault(10...60)
        self.latePolls = fault(50...500)
        self.lostPolls = fault(5...50)
        self.mutes = fault(10...100)
        self.lostPublishes = fault(20...200)
        self.drains = generator.below(2) == 0
        self.drainsEarly = self.drains && generator.below(3) == 0
        self.drainSteps = generator.pick([1, 3, 10])
        self.drainPause = generator.pick([1, 10, 50, 200])
        if generator.below(4) == 0 { self.publishMilliseconds = 0...2 }
        self.workMicroseconds = generator.pick([0...0, 0...20, 0...300, 0...2_000])
        self.preemptions = generator.pick([0, 50, 500])
        if let conditions = flaw ?? conditions { self.favour(conditions) }
        let reads = self.queueBound / min(self.readBytes, self.kernelBytes) + 1
        self.isBrisk = reads * self.latencyMicroseconds.upperBound < 4_000_000
    }

    /// Conditions in which the planted flaw can show itself, and nothing else hides it.
    private mutating func favour(_ flaw: Flaw) {
        self.polling = 0
        self.upgrades = 0
        (self.vanishes, self.resets, self.garbage, self.mutes, self.stalls) = (0, 0, 0, 0, 0)
        self.drainsEarly = false
        self.pendingMessages = 10_000
        self.loopQueueBytes = .max
        self.publishMilliseconds = 5...30
        self.actMilliseconds = 20...200
        self.activeMilliseconds = 3_000
        self.maximumChannels = 128
        self.workMicroseconds = 0...20
        switch flaw {
        case .growsBeyondBound:
            self.stalls = 300
            self.paddingBytes = 500...900
            self.maximumPayload = 1_000
            self.queueBytes = 0
            self.kernelBytes = 512
            self.waterMark = .init(low: 512, high: 2_048)
        case .keepsTheDead: self.vanishes = 200
        case .forgetsToRemove: self.leaves = 200
        case .losesWakeUp: self.loops = max(self.loops, 2)
        case .acceptsTooMuch:
            self.loops = 4
            self.publishers = 3
            self.publishMilliseconds = 0...0
            self.latencyMicroseconds = 0...0
            self.loopStalls = 900
            self.pendingMessages = 1
        default: break
        }
    }

    /// What the checks take for the bound of a queue: room for the four largest messages in any case (contract 7).
    var queueBound: Int { max(self.queueBytes, 4 * (self.maximumPayload + 512)) }
    /// A long-polling client that polls is not cut for its queue.
    var sparesPolling: Bool { self.queueBytes == 200_000 && self.loopQueueBytes == .max && self.latePolls == 0 && self.queueAge == 30_000 }
}

extension Plan: CustomStringConvertible {
    package var description: String {
        Mirror(reflecting: self).children.compactMap { child in child.label.map { "\($0)=\(child.value)" } }.joined(separator: " ")
    }
}
