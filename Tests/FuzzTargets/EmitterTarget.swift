import Emitters
import WireBytes

/// What publishers put on Redis. The input: a byte for the kind and limits, then a message. Whatever its bytes, what comes of it can be
/// delivered: names by the rules, arguments that another reader takes as JSON, attachments that have their places, all within the limits.
package enum EmitterTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        var input = FuzzInput(input)
        let options = input.byte()
        let message = input.data(.max >> 1)
        let wide = EmitterLimits(maximumPayloadByteCount: 1 << 20)
        let narrow = EmitterLimits(maximumPayloadByteCount: 64, maximumDepth: 2, maximumRooms: 2)
        let within = try self.decode(message, kind: options, limits: narrow)
        let outcome = try self.decode(message, kind: options, limits: wide)
        if let within {
            try self.checkOutcome(within, limits: narrow)
            try Fault.unless(outcome == within, "with wider limits another event")
        }
        if let outcome { try self.checkOutcome(outcome, limits: wide) }
        try self.checkSkipping(message)
    }

    /// The kind's byte stays in front; the message is either repeated or becomes the elements of an array of arrays.
    package static func enlarged(_ input: [UInt8], to byteCount: Int) -> [UInt8] {
        guard let kind = input.first else { return [] }
        let message = Array(input.dropFirst())
        guard input.count % 2 == 0 else { return [kind] + self.repeated(message, to: byteCount) }
        // [[…], {}] in MessagePack, its inner array as long as there are bytes.
        let count = UInt32(truncatingIfNeeded: byteCount)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32($0))) }
        return [kind & 3] + [0x92, 0x81, 0xA4] + Array("data".utf8) + [0xDD] + length + [0xA1, 0x65] + self.repeated(message, to: byteCount)
    }

    /// Nil for what is refused.
    private static func decode(_ message: [UInt8], kind: UInt8, limits: EmitterLimits) throws(Fault) -> EmitterOutcome? {
        let key = Array("socket.io".utf8)
        func emitter(_ channel: String) throws(EmitterFault) -> EmitterOutcome {
            let name = Array(channel.utf8)
            return try RedisEmitter.decode(message.span, on: name.span, key: key.span, limits: limits)
        }
        do throws(EmitterFault) {
            switch kind & 7 {
            case 0, 1: return try emitter("socket.io#/#")
            case 2: return try emitter("socket.io#/#room1#")
            case 3: return try emitter("socket.io#emitter")
            case 4: return try PythonSocketIO.decode(message.span, dialect: .oneArgument, limits: limits)
            case 5: return try PythonSocketIO.decode(message.span, dialect: .argumentList, limits: limits)
            case 6: return try PythonSocketIO.decode(message.span, dialect: .detected, limits: limits)
            default: return try RedisEmitter.decode(message.span, on: message.span, key: key.span, limits: limits)
            }
        } catch {
            let mayBePickle = message.first == 0x80 && kind & 7 > 3
            try Fault.unless(error != .pickle || mayBePickle, "a pickle that is none")
            return nil
        }
    }

    private static func checkOutcome(_ outcome: EmitterOutcome, limits: EmitterLimits) throws(Fault) {
        guard case .event(let event) = outcome else { return }
        try Fault.unless(NameRule.checkEvent(event.event.span) == nil, "an event's name that breaks the rules")
        var names = event.except
        if case .rooms(let rooms) = event.audience {
            names += rooms
            try Fault.unless(rooms.count <= limits.maximumRooms, "\(rooms.count) rooms")
        }
        for name in names { try Fault.unless(NameRule.checkChannel(name.span) == nil, "a room's name that breaks the rules") }
        let json = event.argumentsJSON
        guard let plain = PlainJSON.read(json, maximumDepth: limits.maximumDepth + 1), plain.range == 0..<json.count else {
            throw Fault("arguments that are not JSON")
        }
        let byteCount = event.attachments.reduce(json.count) { $0 + $1.count }
        try Fault.unless(byteCount <= limits.maximumPayloadByteCount, "\(byteCount) bytes to deliver")
        try Fault.unless(event.attachments.count <= EmitterLimits.maximumAttachments, "\(event.attachments.count) attachments")
        guard var elements = JSONElements(array: 0..<json.count, in: json.span) else { throw Fault("arguments that are no array") }
        var values: [Range<Int>] = []
        while let value = elements.next(in: json.span) { values.append(value) }
        try Fault.unless(values.count == event.argumentCount, "\(event.argumentCount) arguments, but \(values.count)")
        try Fault.unless(event.payload == (values.count == 1 ? values.first : nil), "the payload lies elsewhere")
    }

    /// Any bytes as MessagePack: stepping over a value ends where reading its tokens does.
    private static func checkSkipping(_ message: [UInt8]) throws(Fault) {
        var skipping = MessagePackReader()
        var reading = MessagePackReader()
        var isSkipped = true
        do throws(MessagePackFault) {
            try skipping.skip(in: message.span)
        } catch {
            isSkipped = false
        }
        var missing = 1
        var isRead = true
        while missing > 0, isRead {
            missing -= 1
            do throws(MessagePackFault) {
                switch try reading.next(in: message.span) {
                case .array(let count): missing += count
                case .map(let count): missing += 2 * count
                case .string(let range), .binary(let range), .ext(_, let range, _):
                    isRead = range.upperBound == reading.position && range.upperBound <= message.count
                default: break
                }
            } catch {
                isRead = false
            }
        }
        try Fault.unless(isSkipped == isRead, "a value that is skipped is not read")
        try Fault.unless(!isRead || skipping.position == reading.position, "a value ends in two places")
    }
}
