import WireBytes

/// A JSON Web Token taken apart (RFC 7515 section 7.1) and not believed yet: what has to hold before a key is looked at. The header chooses
/// among the configured keys by name and can bring none of its own.
package struct CompactToken: Equatable, Sendable {
    package static let maximumByteCount = 8_192
    package static let maximumKeyIDByteCount = 200

    package let algorithm: TokenAlgorithm
    /// `kid`, UTF-8: a key in a table, never a path or an address.
    package let keyID: [UInt8]?
    /// How many of the token's first bytes the signature is over.
    package let signedByteCount: Int
    package let signature: [UInt8]
    /// The claims' JSON, unread.
    package let payload: [UInt8]

    /// - Parameter token: as the client sent it.
    package init(parsing token: Span<UInt8>) throws(TokenFault) {
        guard !token.isEmpty else { throw .missing }
        guard token.count <= Self.maximumByteCount else { throw .tooLong }
        guard let firstDot = Self.dot(from: 0, in: token), let secondDot = Self.dot(from: firstDot &+ 1, in: token),
            // A third dot is not in the alphabet.
            let header = Base64.decodeURLSafe(0..<firstDot, of: token),
            let payload = Base64.decodeURLSafe(firstDot &+ 1..<secondDot, of: token),
            let signature = Base64.decodeURLSafe(secondDot &+ 1..<token.count, of: token), !signature.isEmpty
        else { throw .malformed }
        (self.algorithm, self.keyID) = try Self.read(header.span)
        self.signedByteCount = secondDot
        self.signature = signature
        self.payload = payload
    }

    private static func dot(from start: Int, in token: Span<UInt8>) -> Int? {
        var index = start
        while index < token.count {
            if token[index] == UInt8(ascii: ".") { return index }
            index &+= 1
        }
        return nil
    }

    /// Members that are not known do not count (RFC 7515 section 4), unless `crit` says that they have to.
    private static func read(_ header: Span<UInt8>) throws(TokenFault) -> (TokenAlgorithm, [UInt8]?) {
        guard let object = TokenObject.check(header), var members = JSONMembers(object: object, in: header) else { throw .header }
        var algorithm: TokenAlgorithm?
        var keyID: [UInt8]?
        while let member = members.next(in: header) {
            guard let name = JSONText.decodeString(member.key, in: header) else { throw .header }
            if ASCII.equals(name.span, "alg") {
                let text = JSONText.decodeString(member.value, in: header) ?? []
                algorithm = TokenAlgorithm(name: text.span)
            } else if ASCII.equals(name.span, "kid") {
                guard let text = JSONText.decodeString(member.value, in: header), (1...Self.maximumKeyIDByteCount).contains(text.count)
                else {
                    throw .keyID
                }
                keyID = text
            } else if ASCII.equals(name.span, "crit") {
                throw .critical
            }
        }
        guard let algorithm else { throw .algorithm }
        return (algorithm, keyID)
    }
}
