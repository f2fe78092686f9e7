import WireBytes

extension ChannelCommand {
    /// An object with more members is nothing that any version of this server understands.
    private static let maximumMembers = 32

    /// - Parameters:
    ///   - payload: the JSON array of an event, accepted by `JSONScanner`: its name and its arguments.
    ///   - bytes: what `payload` lies in.
    /// - Returns: `nil` if the event is neither `subscribe` nor `unsubscribe`.
    package static func parse(_ payload: Range<Int>, of bytes: Span<UInt8>) -> ChannelCommand? {
        guard var elements = JSONElements(array: payload, in: bytes),
            let event = elements.next(in: bytes), let verb = Self.verb(event, of: bytes)
        else { return nil }
        guard let first = elements.next(in: bytes) else {
            return ChannelCommand(verb: verb, form: .text, targets: [.refused(channel: nil, .badRequest)])
        }
        guard let second = elements.next(in: bytes) else {
            if let list = JSONElements(array: first, in: bytes) {
                return Self.list(verb, [], then: list, of: bytes)
            }
            let isObject = bytes[first.lowerBound] == UInt8(ascii: "{")
            return ChannelCommand(verb: verb, form: isObject ? .object : .text, targets: [Self.target(first, of: bytes, verb)])
        }
        return Self.list(verb, [first, second], then: elements, of: bytes)
    }

    private static func verb(_ event: Range<Int>, of bytes: Span<UInt8>) -> Verb? {
        guard let name = JSONText.decodeString(event, in: bytes) else { return nil }
        if ASCII.equals(name.span, "subscribe") { return .subscribe }
        if ASCII.equals(name.span, "unsubscribe") { return .unsubscribe }
        return nil
    }

    private static func list(_ verb: Verb, _ head: [Range<Int>], then tail: JSONElements, of bytes: Span<UInt8>) -> ChannelCommand {
        var targets = head.map { Self.target($0, of: bytes, verb) }
        var elements = tail
        while let element = elements.next(in: bytes) {
            guard targets.count < Self.maximumTargets else {
                return ChannelCommand(verb: verb, form: .list, targets: [.refused(channel: nil, .badRequest)])
            }
            targets.append(Self.target(element, of: bytes, verb))
        }
        return ChannelCommand(verb: verb, form: .list, targets: targets)
    }

    /// Arrays get here only from inside a list, where they mean nothing.
    private static func target(_ value: Range<Int>, of bytes: Span<UInt8>, _ verb: Verb) -> Target {
        if let name = JSONText.decodeString(value, in: bytes) {
            return Self.target(name, token: nil)
        }
        if let members = JSONMembers(object: value, in: bytes) {
            return Self.target(members, of: bytes, verb)
        }
        return .refused(channel: nil, .badRequest)
    }

    private static func target(_ name: [UInt8], token: PresentedToken?) -> Target {
        if let fault = NameRule.checkChannel(name.span) {
            return .refused(channel: name, .badName(fault))
        }
        return .channel(name, token: token)
    }

    /// `{"channel":"…"}`, for `subscribe` also with a `token`, and nothing else: a member that is accepted and ignored would promise
    /// something.
    private static func target(_ object: JSONMembers, of bytes: Span<UInt8>, _ verb: Verb) -> Target {
        var members = object
        var keys: Set<[UInt8]> = []
        var channel: [UInt8]?
        var token: PresentedToken?
        var channelCount = 0
        var hasDuplicates = false
        while let member = members.next(in: bytes) {
            guard keys.count < Self.maximumMembers, let key = JSONText.decodeString(member.key, in: bytes) else {
                return .refused(channel: nil, .badRequest)
            }
            if ASCII.equals(key.span, "channel") {
                channel = JSONText.decodeString(member.value, in: bytes)
                channelCount += 1
            } else if verb == .subscribe, ASCII.equals(key.span, "token") {
                token = PresentedToken(member.value, of: bytes)
            }
            if !keys.insert(key).inserted {
                hasDuplicates = true
            }
        }
        // Of two channels neither is the one that was meant.
        guard channelCount == 1, let channel else { return .refused(channel: nil, .badRequest) }
        guard !hasDuplicates else { return .refused(channel: channel, .badRequest) }
        guard keys.count == (token == nil ? 1 : 2) else { return .refused(channel: channel, .unsupported) }
        return Self.target(channel, token: token)
    }
}
