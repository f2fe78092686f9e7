import WireBytes

/// The JSON form of an emitter's message, which one gets with another `parser`. There is no binary in it.
enum RedisEmitterJSON {
    /// What is needed of a packet.
    private struct Packet {
        var isEvent = true
        var isMainNamespace = true
        var data: Range<Int>?
    }

    /// - Parameter room: empty if the Redis channel names none.
    static func decode(_ message: Span<UInt8>, room: Span<UInt8>, limits: EmitterLimits) throws(EmitterFault) -> EmitterOutcome {
        guard var elements = JSONElements(array: try EmitterJSON.scan(message, limits: limits), in: message),
            let first = elements.next(in: message), let second = elements.next(in: message)
        else { throw .malformed(.message) }
        let third = elements.next(in: message)
        guard elements.next(in: message) == nil else { throw .malformed(.message) }
        let packet = try Self.packet(third == nil ? first : second, message)
        let (rooms, except) = try Self.options(third ?? second, message, room: room, limits: limits)
        guard packet.isMainNamespace else { return .ignored(.namespace) }
        guard packet.isEvent else { return .ignored(.packetType) }
        guard let data = packet.data, var values = JSONElements(array: data, in: message), let name = values.next(in: message) else {
            throw .malformed(.data)
        }
        let event = try EmitterJSON.event(name, in: message)
        let arguments = JSONArguments(&values, in: message)
        return .event(
            EmittedEvent(
                audience: try rooms.audience(room: room), except: except, event: event,
                argumentsJSON: try arguments.array(of: message, attachmentByteCount: 0, limits: limits), argumentCount: arguments.count,
                attachments: []))
    }

    private static func packet(_ value: Range<Int>, _ message: Span<UInt8>) throws(EmitterFault) -> Packet {
        guard var members = JSONMembers(object: value, in: message) else { throw .malformed(.packet) }
        var packet = Packet()
        while let (key, value) = members.next(in: message) {
            if EmitterJSON.isName(key, "data", in: message) {
                packet.data = value
            } else if EmitterJSON.isName(key, "type", in: message) {
                guard let type = ASCII.parseDecimal(message.extracting(value)) else { throw .malformed(.packet) }
                packet.isEvent = type == 2 || type == 5
            } else if EmitterJSON.isName(key, "nsp", in: message) {
                if EmitterJSON.isText(value, "null", in: message) {
                    packet.isMainNamespace = true
                } else {
                    guard let namespace = JSONText.decodeString(value, in: message) else { throw .malformed(.namespace) }
                    packet.isMainNamespace = ASCII.equals(namespace.span, "/")
                }
            }
        }
        return packet
    }

    private static func options(
        _ value: Range<Int>, _ message: Span<UInt8>, room: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> (rooms: EmitterRooms, except: [[UInt8]]) {
        guard var members = JSONMembers(object: value, in: message) else { throw .malformed(.options) }
        var rooms = EmitterRooms(limits: limits)
        var except = EmitterRooms(limits: limits)
        while let (key, value) = members.next(in: message) {
            if EmitterJSON.isName(key, "rooms", in: message) {
                rooms = try EmitterJSON.rooms(value, in: message, expected: room, limits: limits)
            } else if EmitterJSON.isName(key, "except", in: message) {
                except = try EmitterJSON.rooms(value, in: message, expected: room, limits: limits)
            }
        }
        return (rooms, except.names)
    }
}
