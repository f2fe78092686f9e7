import AccessControl
import JWTKit

/// What a key is made of, checked: which algorithm it is for follows from it and from nothing else.
enum KeyMaterial: Equatable, Sendable {
    case secret([UInt8])
    /// Big-endian numbers as base64url (RFC 7518 section 6.3.1).
    case rsa(modulus: String, exponent: String)
    /// Coordinates on P-256 as base64url (RFC 7518 section 6.2.1).
    case p256(x: String, y: String)
    /// Base64url (RFC 8037 section 2).
    case ed25519(x: String)

    var algorithm: TokenAlgorithm {
        switch self {
        case .secret: .hs256
        case .rsa: .rs256
        case .p256: .es256
        case .ed25519: .edDSA
        }
    }

    /// The one thing that can check a signature with it. A collection of its own for each key: a header chooses among ours, never in there.
    func verifier() async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        switch self {
        case .secret(let secret):
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        case .rsa(let modulus, let exponent):
            await keys.add(rsa: try Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent), digestAlgorithm: .sha256)
        case .p256(let x, let y):
            await keys.add(ecdsa: try ES256PublicKey(parameters: (x, y)))
        case .ed25519(let x):
            await keys.add(eddsa: try EdDSA.PublicKey(x: x, curve: .ed25519))
        }
        return try await keys.getKey()
    }
}
