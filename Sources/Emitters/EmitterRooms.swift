import WireBytes

/// A list of rooms as it is read: bounded, integers in decimal as the publishers' libraries have them (protocol.md 5.1).
struct EmitterRooms {
    private let limits: EmitterLimits
    private var count = 0
    /// Whether the room that the Redis channel names is in the list.
    private(set) var holdsExpected = false
    /// Those that a channel can be named.
    private(set) var names: [[UInt8]] = []

    init(limits: EmitterLimits) {
        self.limits = limits
    }

    /// Whether nothing was in the list at all, which means everyone.
    var isEmpty: Bool { self.count == 0 }

    mutating func append(_ name: Span<UInt8>, expected: Span<UInt8>) throws(EmitterFault) {
        guard self.count < self.limits.maximumRooms else { throw .tooManyRooms }
        self.count += 1
        if ASCII.equals(name, expected) { self.holdsExpected = true }
        guard NameRule.checkChannel(name) == nil else { return }
        var copy: [UInt8] = []
        Output.append(name, to: &copy)
        self.names.append(copy)
    }

    /// The audience of a message that came on a Redis channel for `room`; empty if the Redis channel names none.
    ///
    /// A Redis channel for one room is believed before the list: a publisher that sends one message for each room lists all rooms in each of
    /// them (protocol.md 5.1), and taking the list would deliver every message as often as there are rooms.
    func audience(room: Span<UInt8>) throws(EmitterFault) -> EmittedEvent.Audience {
        guard !room.isEmpty else { return self.isEmpty ? .everyone : .rooms(self.names) }
        guard self.isEmpty || self.holdsExpected else { throw .otherRoom }
        guard NameRule.checkChannel(room) == nil else { return .rooms([]) }
        var copy: [UInt8] = []
        Output.append(room, to: &copy)
        return .rooms([copy])
    }
}
