package import AccessControl

/// The keys that tokens are checked with. A value, made when the configuration is read.
package struct TokenKeys: Sendable {
    /// Shortest HS256 secret in bytes: as long as what the algorithm makes (RFC 7518 section 3.2).
    static let minimumSecretByteCount = 32

    private var named: [[UInt8]: TokenKey] = [:]
    private var unnamed: [TokenKey] = []
    private var anySecret: TokenKey?
    /// Keys of a set that are not for this server, one sentence each; worth a log line.
    package private(set) var notes: [String] = []

    /// None.
    package init() {}

    /// - Throws: `TokenKeyFaults`; a key that is weak, broken or there twice is not taken, and with it none.
    package init(_ source: TokenKeySource) async throws {
        var faults: [String] = []
        for (kid, secret) in source.secrets {
            if let fault = Self.check(kid: kid) ?? Self.check(secret, name: "the secret of the kid \"\(kid)\"") {
                faults.append(fault)
            } else {
                await self.add(.secret(Array(secret.utf8)), kid: Array(kid.utf8), name: "the secret of the kid \"\(kid)\"", &faults)
            }
        }
        if let secret = source.anySecret {
            if let fault = Self.check(secret, name: "the token secret") {
                faults.append(fault)
            } else {
                self.anySecret = try? await TokenKey(.secret(Array(secret.utf8)))
            }
        }
        if let jwks = source.jwks {
            let set = JSONWebKeySet(reading: jwks.span)
            faults += set.faults
            self.notes = set.notes
            for key in set.keys { await self.add(key.material, kid: key.kid, name: key.name, &faults) }
        }
        guard faults.isEmpty else { throw TokenKeyFaults(faults) }
    }

    package var isEmpty: Bool { self.named.isEmpty && self.unnamed.isEmpty && self.anySecret == nil }

    private mutating func add(_ material: KeyMaterial, kid: [UInt8]?, name: String, _ faults: inout [String]) async {
        guard let key = try? await TokenKey(material) else {
            faults.append("\(name) is no usable key")
            return
        }
        if let kid {
            if self.named.updateValue(key, forKey: kid) != nil { faults.append("\(name) has the same kid as another key") }
        } else {
            if self.unnamed.contains(where: { $0.algorithm == key.algorithm }) {
                faults.append("\(name) is one of several keys for \(key.algorithm.name) without a kid: which is meant could not be told")
            }
            self.unnamed.append(key)
        }
    }

    private static func check(kid: String) -> String? {
        (1...CompactToken.maximumKeyIDByteCount).contains(kid.utf8.count)
            ? nil : "a kid has 1 to \(CompactToken.maximumKeyIDByteCount) bytes, not \(kid.utf8.count)"
    }

    private static func check(_ secret: String, name: String) -> String? {
        guard secret.utf8.count < Self.minimumSecretByteCount else { return nil }
        return "\(name) has \(secret.utf8.count) bytes and could be guessed: it needs \(Self.minimumSecretByteCount), such as from"
            + " openssl rand -hex 32"
    }

    /// The key that a header means. Its `kid` is a key in a table and nothing else. Without one it means the secret for any `kid`, or else
    /// the only key there is for its algorithm.
    func key(for token: CompactToken) throws(TokenFault) -> TokenKey {
        guard let key = self.candidate(token) else { throw .unknownKey }
        guard key.algorithm == token.algorithm else { throw .otherAlgorithm }
        return key
    }

    private func candidate(_ token: CompactToken) -> TokenKey? {
        if let keyID = token.keyID { return self.named[keyID] ?? self.anySecret }
        if let anySecret, token.algorithm == anySecret.algorithm { return anySecret }
        let possible = (self.unnamed + self.named.values).filter { $0.algorithm == token.algorithm }
        return possible.count == 1 ? possible.first : nil
    }

    /// Everything about a token but its times.
    /// - Parameter bytes: the whole token.
    package func claims(of bytes: [UInt8]) throws(TokenFault) -> TokenClaims {
        let token = try CompactToken(parsing: bytes.span)
        return try Self.claims(of: token, bytes, key: try self.key(for: token))
    }

    /// The signature first: what is not signed is not read.
    static func claims(of token: CompactToken, _ bytes: [UInt8], key: TokenKey) throws(TokenFault) -> TokenClaims {
        guard key.verifies(token.signature, of: bytes.prefix(token.signedByteCount)) else { throw .signature }
        return try TokenClaims(parsing: token.payload.span)
    }
}
