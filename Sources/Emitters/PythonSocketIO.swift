import WireBytes

/// What python-socketio's `RedisManager(write_only=True)` puts on Redis (protocol.md 5.2): a JSON object with a member `method`.
///
/// Its attachments are base64 behind the data: `[data, "…", "…"]`. A pure function, called on the link's loop.
package enum PythonSocketIO {
    /// The members that matter; of one that comes twice the last counts.
    private struct Message {
        var method: Range<Int>?
        var event: Range<Int>?
        var data: Range<Int>?
        var binary: Range<Int>?
        var namespace: Range<Int>?
        var room: Range<Int>?
        var skipped: Range<Int>?
    }

    /// - Parameters:
    ///   - text: what was published, whole.
    ///   - dialect: how its arguments are meant.
    package static func decode(_ text: Span<UInt8>, dialect: PythonDialect, limits: EmitterLimits) throws(EmitterFault) -> EmitterOutcome {
        guard text.count > 0 else { throw .unknownEncoding }
        // A pickle of protocol 2 or later begins with its own opcode.
        guard text[0] != 0x80 else { throw .pickle }
        guard text.count <= limits.maximumMessageByteCount else { throw .tooLarge }
        let message = try Self.message(try EmitterJSON.scan(text, limits: limits), text)
        guard let method = message.method, let verb = JSONText.decodeString(method, in: text) else { throw .malformed(.method) }
        guard ASCII.equals(verb.span, "emit") else { return .ignored(.method) }
        // Null or none at all is no namespace there either.
        guard let namespace = message.namespace.flatMap({ JSONText.decodeString($0, in: text) }), ASCII.equals(namespace.span, "/") else {
            return .ignored(.namespace)
        }
        guard let event = message.event else { throw .malformed(.data) }
        let name = try EmitterJSON.event(event, in: text)
        let (arguments, attachments) = try Self.arguments(message, text, dialect: dialect)
        let attachmentByteCount = attachments.reduce(0) { $0 + $1.count }
        let array = try arguments.array(of: text, attachmentByteCount: attachmentByteCount, limits: limits)
        guard attachments.isEmpty || AttachmentPlaceholders.areValid(in: array.span, attachments: attachments.count) else {
            throw .badAttachments
        }
        return .event(
            EmittedEvent(
                audience: try Self.audience(message.room, text, limits: limits),
                except: try Self.skipped(message.skipped, text, limits: limits),
                event: name, argumentsJSON: array, argumentCount: arguments.count, attachments: attachments))
    }

    private static func message(_ value: Range<Int>, _ text: Span<UInt8>) throws(EmitterFault) -> Message {
        guard var members = JSONMembers(object: value, in: text) else { throw .malformed(.message) }
        var message = Message()
        while let (key, value) = members.next(in: text) {
            if EmitterJSON.isName(key, "method", in: text) {
                message.method = value
            } else if EmitterJSON.isName(key, "event", in: text) {
                message.event = value
            } else if EmitterJSON.isName(key, "data", in: text) {
                message.data = value
            } else if EmitterJSON.isName(key, "binary", in: text) {
                message.binary = value
            } else if EmitterJSON.isName(key, "namespace", in: text) {
                message.namespace = value
            } else if EmitterJSON.isName(key, "room", in: text) {
                message.room = value
            } else if EmitterJSON.isName(key, "skip_sid", in: text) {
                message.skipped = value
            }
        }
        return message
    }

    // MARK: Arguments

    private static func arguments(
        _ message: Message, _ text: Span<UInt8>, dialect: PythonDialect
    ) throws(EmitterFault) -> (JSONArguments, attachments: [[UInt8]]) {
        guard let data = message.data else { return (JSONArguments(), []) }
        guard let binary = message.binary, EmitterJSON.isText(binary, "true", in: text) else {
            let mayBeList = dialect == .argumentList || dialect == .detected && message.binary != nil
            return (Self.arguments(data, text, mayBeList: mayBeList), [])
        }
        guard var parts = JSONElements(array: data, in: text), let structure = parts.next(in: text) else { throw .badAttachments }
        var attachments: [[UInt8]] = []
        while let part = parts.next(in: text) {
            guard attachments.count < EmitterLimits.maximumAttachments else { throw .tooManyAttachments }
            guard let characters = JSONText.decodeString(part, in: text),
                let attachment = Base64.decode(0..<characters.count, of: characters.span)
            else { throw .badAttachments }
            attachments.append(attachment)
        }
        return (Self.arguments(structure, text, mayBeList: dialect != .oneArgument), attachments)
    }

    /// `null`, and a list of nothing but `null`, mean no arguments.
    private static func arguments(_ value: Range<Int>, _ text: Span<UInt8>, mayBeList: Bool) -> JSONArguments {
        var arguments = JSONArguments(single: value)
        if mayBeList, var elements = JSONElements(array: value, in: text) {
            arguments = JSONArguments(&elements, in: text)
        }
        guard let single = arguments.single, EmitterJSON.isText(single, "null", in: text) else { return arguments }
        return JSONArguments()
    }

    // MARK: Whom it is for

    private static func audience(
        _ room: Range<Int>?, _ text: Span<UInt8>, limits: EmitterLimits
    ) throws(EmitterFault) -> EmittedEvent.Audience {
        guard let room, !EmitterJSON.isText(room, "null", in: text) else { return .everyone }
        let rooms = try EmitterJSON.rooms(room, in: text, expected: text.extracting(first: 0), limits: limits)
        return .rooms(rooms.names)
    }

    private static func skipped(_ sids: Range<Int>?, _ text: Span<UInt8>, limits: EmitterLimits) throws(EmitterFault) -> [[UInt8]] {
        guard let sids else { return [] }
        return try EmitterJSON.rooms(sids, in: text, expected: text.extracting(first: 0), limits: limits).names
    }
}
