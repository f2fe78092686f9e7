import WireBytes

/// What a client gives where a token may stand: in its CONNECT, in a `subscribe` and in a `fanfare:refresh` (contract 6). Not judged yet.
package enum PresentedToken: Equatable, Sendable {
    /// A non-empty string, UTF-8.
    case text([UInt8])
    /// Anything else, or two of them: a bad token.
    case malformed

    /// Longest spelling of a member's name that is looked at: each of its bytes may be an escape.
    private static let longestName = 2 + 6 * 5

    /// The `token` of a CONNECT's payload. Other members are the application's own.
    /// - Parameter auth: a JSON object that `JSONScanner` has accepted.
    /// - Returns: nil if there is none.
    package static func member(of auth: Span<UInt8>) -> PresentedToken? {
        guard var members = JSONMembers(object: 0..<auth.count, in: auth) else { return nil }
        var token: PresentedToken?
        while let member = members.next(in: auth) {
            guard member.key.count <= Self.longestName, let name = JSONText.decodeString(member.key, in: auth),
                ASCII.equals(name.span, "token")
            else { continue }
            token = token == nil ? PresentedToken(member.value, of: auth) : .malformed
        }
        return token
    }

    /// The token of a `fanfare:refresh`, as the only argument or as the only member of an object.
    /// - Parameters:
    ///   - payload: the JSON array of an event, accepted by `JSONScanner`.
    ///   - bytes: what `payload` lies in.
    /// - Returns: nil for every other event.
    package static func refresh(_ payload: Range<Int>, of bytes: Span<UInt8>) -> PresentedToken? {
        guard var elements = JSONElements(array: payload, in: bytes), let event = elements.next(in: bytes),
            let name = JSONText.decodeString(event, in: bytes), ASCII.equals(name.span, "fanfare:refresh")
        else { return nil }
        guard let argument = elements.next(in: bytes), elements.next(in: bytes) == nil else { return .malformed }
        guard var members = JSONMembers(object: argument, in: bytes) else { return PresentedToken(argument, of: bytes) }
        guard let member = members.next(in: bytes), members.next(in: bytes) == nil,
            let key = JSONText.decodeString(member.key, in: bytes), ASCII.equals(key.span, "token")
        else { return .malformed }
        return PresentedToken(member.value, of: bytes)
    }

    init(_ value: Range<Int>, of bytes: Span<UInt8>) {
        guard let text = JSONText.decodeString(value, in: bytes), !text.isEmpty else {
            self = .malformed
            return
        }
        self = .text(text)
    }
}
