import WireBytes

/// How a subscriber's token may be signed (RFC 7518 section 3.1, RFC 8037 section 3.1). There is no other way, `none` least of all.
package enum TokenAlgorithm: Sendable, CaseIterable {
    case hs256
    case es256
    case rs256
    case edDSA

    /// The value of `alg`, which is compared byte by byte.
    package var name: StaticString {
        switch self {
        case .hs256: "HS256"
        case .es256: "ES256"
        case .rs256: "RS256"
        case .edDSA: "EdDSA"
        }
    }

    package init?(name: Span<UInt8>) {
        for algorithm in Self.allCases where ASCII.equals(name, algorithm.name) {
            self = algorithm
            return
        }
        return nil
    }
}
