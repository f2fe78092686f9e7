import AccessControl
import JWTKit

/// One key that can check signatures, for one algorithm.
struct TokenKey: Sendable {
    let algorithm: TokenAlgorithm
    private let verifier: any JWTAlgorithm

    /// - Throws: what the cryptography says against the material: a point that is not on its curve, for one.
    init(_ material: KeyMaterial) async throws {
        self.algorithm = material.algorithm
        self.verifier = try await material.verifier()
    }

    /// Whether the signature is this key's.
    /// - Parameter bytes: what was signed.
    func verifies(_ signature: [UInt8], of bytes: ArraySlice<UInt8>) -> Bool {
        (try? self.verifier.verify(signature, signs: bytes)) ?? false
    }

    /// Only a secret can.
    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        try self.verifier.sign(bytes)
    }
}
