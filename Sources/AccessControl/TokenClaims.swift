import WireBytes

/// What a token says whose signature is right (contract 6). A value; the times are milliseconds since 1970.
package struct TokenClaims: Sendable {
    package static let maximumSubjectByteCount = 200
    package static let maximumChannels = 256
    /// How far the clocks of the issuer and of this machine may differ.
    package static let leeway: Int64 = 5_000

    /// `sub`, UTF-8, compared byte by byte.
    package let subject: [UInt8]
    package let expiration: Int64
    package let notBefore: Int64?
    package let issuedAt: Int64?
    /// Which channels it opens; without the claim none.
    package let channels: [ChannelPattern]
    /// The JSON value as it was signed.
    package let info: [UInt8]?

    /// - Parameter payload: a token's second part, decoded. A claim of the wrong type makes the whole token a bad one; claims that are not
    ///   known do not count.
    package init(parsing payload: Span<UInt8>) throws(TokenFault) {
        guard let object = TokenObject.check(payload), var members = JSONMembers(object: object, in: payload) else { throw .claims }
        var subject: [UInt8]?
        var expiration: Int64?, notBefore: Int64?, issuedAt: Int64?
        var channels: [ChannelPattern] = []
        var info: [UInt8]?
        while let member = members.next(in: payload) {
            guard let name = JSONText.decodeString(member.key, in: payload) else { throw .claims }
            if ASCII.equals(name.span, "sub") {
                subject = JSONText.decodeString(member.value, in: payload)
            } else if ASCII.equals(name.span, "exp") {
                expiration = NumericDate.milliseconds(member.value, of: payload)
            } else if ASCII.equals(name.span, "nbf") {
                notBefore = NumericDate.milliseconds(member.value, of: payload)
                if notBefore == nil { throw .notBefore }
            } else if ASCII.equals(name.span, "iat") {
                issuedAt = NumericDate.milliseconds(member.value, of: payload)
                if issuedAt == nil { throw .issuedAt }
            } else if ASCII.equals(name.span, "channels") {
                channels = try Self.patterns(member.value, of: payload)
            } else if ASCII.equals(name.span, "info") {
                var bytes: [UInt8] = []
                Output.append(payload.extracting(member.value), to: &bytes)
                info = bytes
            }
        }
        guard let subject, (1...Self.maximumSubjectByteCount).contains(subject.count) else { throw .subject }
        guard let expiration else { throw .expiration }
        self.subject = subject
        self.expiration = expiration
        self.notBefore = notBefore
        self.issuedAt = issuedAt
        self.channels = channels
        self.info = info
    }

    private static func patterns(_ array: Range<Int>, of payload: Span<UInt8>) throws(TokenFault) -> [ChannelPattern] {
        guard var elements = JSONElements(array: array, in: payload) else { throw .channels }
        var patterns: [ChannelPattern] = []
        while let element = elements.next(in: payload) {
            guard patterns.count < Self.maximumChannels, let text = JSONText.decodeString(element, in: payload),
                let pattern = try? ChannelPattern(compiling: text.span)
            else { throw .channels }
            patterns.append(pattern)
        }
        return patterns
    }

    /// Why the token does not count at this moment; nil if it does.
    package func fault(now: Int64) -> TokenFault? {
        if now >= self.expiration &+ Self.leeway { return .expired }
        if let notBefore, notBefore > now &+ Self.leeway { return .early }
        if let issuedAt, issuedAt > now &+ Self.leeway { return .early }
        return nil
    }

    /// How long what the token admits may last, in milliseconds: until `exp`, or for a token that is taken within the leeway behind it
    /// until the end of that.
    package func lifetime(now: Int64) -> Int64 {
        now < self.expiration ? self.expiration &- now : max(self.expiration &+ Self.leeway &- now, 0)
    }

    /// Whether one of `channels` matches. By bytes.
    package func admits(_ channel: Span<UInt8>) -> Bool {
        for pattern in self.channels where pattern.matches(channel) { return true }
        return false
    }
}
