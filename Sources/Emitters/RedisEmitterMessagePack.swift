import WireBytes

/// The MessagePack form of an emitter's message. The order of a map's members is not fixed, and of a member that comes twice the last one
/// counts.
enum RedisEmitterMessagePack {
    /// Where the parts of a packet begin.
    private struct Packet {
        var isEvent = true
        var isMainNamespace = true
        var data: Int?
    }

    /// - Parameter room: empty if the Redis channel names none.
    static func decode(_ message: Span<UInt8>, room: Span<UInt8>, limits: EmitterLimits) throws(EmitterFault) -> EmitterOutcome {
        var reader = MessagePackReader()
        guard case .array(let count) = try reader.token(in: message), count == 2 || count == 3 else { throw .malformed(.message) }
        if count == 3 {
            try reader.pass(in: message)
        }
        let packet = try Self.packet(&reader, message)
        let (rooms, except) = try Self.options(&reader, message, room: room, limits: limits)
        guard reader.position == message.count else { throw .messagePack(.extraBytes) }
        guard packet.isMainNamespace else { return .ignored(.namespace) }
        guard packet.isEvent else { return .ignored(.packetType) }
        guard let data = packet.data else { throw .malformed(.data) }
        return .event(
            try Self.event(
                at: data, of: message, audience: try rooms.audience(room: room), except: except, limits: limits))
    }

    private static func packet(_ reader: inout MessagePackReader, _ message: Span<UInt8>) throws(EmitterFault) -> Packet {
        guard case .map(let count) = try reader.token(in: message) else { throw .malformed(.packet) }
        var packet = Packet()
        for _ in 0..<count {
            let name = message.extracting(try Self.name(&reader, message))
            if ASCII.equals(name, "data") {
                packet.data = reader.position
                try reader.pass(in: message)
            } else if ASCII.equals(name, "type") {
                let type = try reader.token(in: message)
                packet.isEvent = type == .unsigned(2) || type == .unsigned(5)
                // A number only: what is nested would be read as the next member.
                guard case .unsigned = type else { throw .malformed(.packet) }
            } else if ASCII.equals(name, "nsp") {
                switch try reader.token(in: message) {
                case .string(let namespace): packet.isMainNamespace = ASCII.equals(message.extracting(namespace), "/")
                case .null: packet.isMainNamespace = true
                default: throw .malformed(.namespace)
                }
            } else {
                try reader.pass(in: message)
            }
        }
        return packet
    }

    private static func options(
        _ reader: inout MessagePackReader, _ message: Span<UInt8>, room: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> (rooms: EmitterRooms, except: [[UInt8]]) {
        var rooms = EmitterRooms(limits: limits)
        var except = EmitterRooms(limits: limits)
        guard case .map(let count) = try reader.token(in: message) else { throw .malformed(.options) }
        for _ in 0..<count {
            let name = message.extracting(try Self.name(&reader, message))
            if ASCII.equals(name, "rooms") {
                rooms = try Self.rooms(&reader, message, expected: room, limits: limits)
            } else if ASCII.equals(name, "except") {
                except = try Self.rooms(&reader, message, expected: room, limits: limits)
            } else {
                try reader.pass(in: message)
            }
        }
        return (rooms, except.names)
    }

    /// An array; nil and the empty string, which some ports write, are an empty one.
    private static func rooms(
        _ reader: inout MessagePackReader, _ message: Span<UInt8>, expected: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> EmitterRooms {
        var rooms = EmitterRooms(limits: limits)
        switch try reader.token(in: message) {
        case .null:
            break
        case .string(let text):
            guard text.isEmpty else { throw .malformed(.rooms) }
        case .array(let count):
            for _ in 0..<count {
                switch try reader.token(in: message) {
                case .string(let name): try rooms.append(message.extracting(name), expected: expected)
                case .unsigned(let number):
                    let digits = Array(String(number).utf8)
                    try rooms.append(digits.span, expected: expected)
                case .negative(let number):
                    let digits = Array(String(number).utf8)
                    try rooms.append(digits.span, expected: expected)
                default: throw .malformed(.rooms)
                }
            }
        default:
            throw .malformed(.rooms)
        }
        return rooms
    }

    private static func event(
        at data: Int, of message: Span<UInt8>, audience: EmittedEvent.Audience, except: [[UInt8]], limits: EmitterLimits
    ) throws(EmitterFault) -> EmittedEvent {
        var reader = MessagePackReader(at: data)
        guard case .array(let count) = try reader.token(in: message), count > 0, case .string(let event) = try reader.token(in: message)
        else { throw .malformed(.data) }
        let name = message.extracting(event)
        if let fault = NameRule.checkEvent(name) { throw .badEvent(fault) }
        var arguments = MessagePackArguments(limits: limits)
        for _ in 1..<count {
            try arguments.append(&reader, in: message)
        }
        let (json, argumentCount, attachments) = try arguments.finish()
        var copy: [UInt8] = []
        Output.append(name, to: &copy)
        return EmittedEvent(
            audience: audience, except: except, event: copy, argumentsJSON: json, argumentCount: argumentCount, attachments: attachments)
    }

    private static func name(_ reader: inout MessagePackReader, _ message: Span<UInt8>) throws(EmitterFault) -> Range<Int> {
        guard case .string(let name) = try reader.token(in: message) else { throw .messagePack(.badKey) }
        return name
    }
}
