import WebSocketFraming

/// What a fresh `MessageReader` says to bytes that come in these pieces, held as a connection's handler holds it.
struct FrameTrace: Equatable {
    private(set) var events: [FrameEvent] = []
    private(set) var isInsideMessage = false

    init(_ pieces: [[UInt8]], limits: MessageLimits, role: EndpointRole) throws(Fault) {
        var reader = MessageReader(limits: limits, role: role)
        let kept = role == .server ? 128 : 4_096
        var arrived = 0
        for piece in pieces {
            arrived += piece.count
            var rest = piece.span
            while true {
                let step = reader.read(rest)
                try Fault.unless((0...rest.count).contains(step.consumed), "a step took \(step.consumed) of \(rest.count) bytes")
                rest = rest.extracting(droppingFirst: step.consumed)
                try Fault.unless(
                    reader.storageCapacity <= 2 * arrived + kept, "\(reader.storageCapacity) bytes are held of \(arrived) that came")
                guard let event = step.event else { break }
                try Fault.unless(self.events.last?.isEnd != true, "something comes behind the end")
                self.events.append(FrameEvent(event, payload: reader.payload))
            }
            try Fault.unless(rest.isEmpty, "bytes are left without an event")
            if !reader.isInsideMessage {
                try Fault.unless(reader.storageCapacity <= kept, "\(reader.storageCapacity) bytes are held between messages")
            }
        }
        self.isInsideMessage = reader.isInsideMessage
    }
}
