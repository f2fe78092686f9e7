import AccessControl

/// Tokens whose signature was checked before, so that clients that come back all at once cost no cryptography. Two generations a kind: what
/// is used moves to the young one, and when that is full the old one goes. Refused ones are kept apart, so that a stranger's junk cannot
/// drive out anything. A value; the verifier guards it.
struct TokenCache: Sendable {
    /// Together with the claims of the old generation the most that is kept: twice this, in bytes of tokens.
    static let maximumBytes = 8_388_608
    static let maximumRefused = 4_096
    /// What an entry takes beside its claims, about.
    private static let entryBytes = 256

    private struct Entry: Sendable {
        let claims: TokenClaims
        let bytes: Int
    }

    private var young: [TokenDigest: Entry] = [:]
    private var old: [TokenDigest: Entry] = [:]
    private var youngBytes = 0
    private var youngRefused: [TokenDigest: TokenFault] = [:]
    private var oldRefused: [TokenDigest: TokenFault] = [:]

    /// What is known of a token; nil if nothing is.
    /// - Parameter now: milliseconds since 1970: an entry ends with its token.
    mutating func verdict(_ digest: TokenDigest, now: Int64) -> TokenVerdict? {
        if let entry = self.young[digest] ?? self.old[digest] {
            guard entry.claims.fault(now: now) != .expired else {
                self.young[digest] = nil
                self.old[digest] = nil
                self.remember(.expired, digest)
                return .refused(.expired)
            }
            if self.young[digest] == nil { self.insert(entry, digest) }
            return .signed(entry.claims)
        }
        if let fault = self.youngRefused[digest] ?? self.oldRefused[digest] { return .refused(fault) }
        return nil
    }

    /// - Parameter byteCount: of the token.
    mutating func remember(_ claims: TokenClaims, _ digest: TokenDigest, byteCount: Int) {
        self.insert(Entry(claims: claims, bytes: byteCount + Self.entryBytes), digest)
    }

    /// - Parameter fault: one that no time changes.
    mutating func remember(_ fault: TokenFault, _ digest: TokenDigest) {
        if self.youngRefused.count >= Self.maximumRefused {
            self.oldRefused = self.youngRefused
            self.youngRefused = [:]
        }
        self.youngRefused[digest] = fault
    }

    private mutating func insert(_ entry: Entry, _ digest: TokenDigest) {
        if self.youngBytes + entry.bytes > Self.maximumBytes {
            self.old = self.young
            self.young = [:]
            self.youngBytes = 0
        }
        if self.young.updateValue(entry, forKey: digest) == nil { self.youngBytes += entry.bytes }
    }

    var count: Int { self.young.count + self.old.count + self.youngRefused.count + self.oldRefused.count }
}
