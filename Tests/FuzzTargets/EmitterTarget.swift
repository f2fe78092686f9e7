import Emitters
import SocketIO
import WireBytes

/// What publishers put on Redis: whatever it is, what comes out of it is something that clients can be sent.
package enum EmitterTarget: FuzzTarget {
    private static let limits = EmitterLimits(maximumPayloadByteCount: 100_000, maximumDepth: 16, maximumRooms: 64)
    private static let channels = ["socket.io#/#", "socket.io#/#room#", "socket.io#emitter", "socket.io#/other#"]
    private static let dialects: [PythonDialect] = [.detected, .oneArgument, .argumentList]

    package static func check(_ input: [UInt8]) throws(Fault) {
        var choices = FuzzInput(input)
        let choice = choices.choice(self.channels.count + self.dialects.count)
        let message = choices.data(input.count)
        let outcome: EmitterOutcome
        do throws(EmitterFault) {
            if choice < self.channels.count {
                let channel = Array(self.channels[choice].utf8), key = Array("socket.io".utf8)
                outcome = try RedisEmitter.decode(message.span, on: channel.span, key: key.span, limits: self.limits)
            } else {
                let dialect = self.dialects[choice - self.channels.count]
                outcome = try PythonSocketIO.decode(message.span, dialect: dialect, limits: self.limits)
            }
        } catch {
            return
        }
        if case .event(let event) = outcome { try self.check(event) }
    }

    private static func check(_ event: EmittedEvent) throws(Fault) {
        try Fault.unless(NameRule.checkEvent(event.event.span) == nil, "the event's name breaks a rule")
        let arguments = event.argumentsJSON
        try Fault.unless((try? JSONScanner.scan(arguments.span, maximumDepth: 64)) == arguments.indices, "the arguments are no JSON")
        var elements = JSONElements(array: arguments.indices, in: arguments.span)
        var count = 0
        while elements?.next(in: arguments.span) != nil { count += 1 }
        try Fault.unless(count == event.argumentCount, "\(count) arguments are said to be \(event.argumentCount)")
        let byteCount = arguments.count + event.attachments.reduce(0) { $0 + $1.count }
        try Fault.unless(byteCount <= self.limits.maximumPayloadByteCount + 2, "it has \(byteCount) bytes")
        guard !event.attachments.isEmpty else { return }
        // As a client reads it: a placeholder without its attachment makes it drop its connection.
        let packet = EventFrame.packet(event: event.event, argumentsJSON: arguments, attachments: event.attachments.count)
        let text = Array(packet.dropFirst())
        let decoded = try? SocketPacket.decode(text.indices, of: text.span)
        try Fault.unless(decoded?.attachments == event.attachments.count, "the packet is none")
        let assembly = decoded.flatMap { try? BinaryAssembly($0, of: text.span, maximumBytes: .max) }
        try Fault.unless(assembly != nil, "placeholders and attachments do not fit together")
    }
}
