import Foundation
package import Tokens

/// Where the keys for subscribers' tokens come from (contract 8).
package struct TokenSettings: Sendable {
    /// `tokens.hs256.<kid>`
    package var hs256: [(kid: String, secret: String)] = []
    /// `FANFARE_TOKEN_SECRET`: HS256, for any `kid`.
    package var anyKidSecret: String?
    /// `tokens.jwks`: a file.
    package var jwksPath: String?

    package init() {}

    package var isEmpty: Bool { self.hs256.isEmpty && self.anyKidSecret == nil && self.jwksPath == nil }

    /// Reads the file and makes the keys. Called at the start, and again when the configuration is read anew.
    /// - Throws: `TokenKeyFaults`, every fault at once.
    package func keys() async throws -> TokenKeys {
        var source = TokenKeySource()
        source.secrets = self.hs256
        source.anySecret = self.anyKidSecret
        var faults: [String] = []
        if let jwksPath {
            if let contents = FileManager.default.contents(atPath: jwksPath) {
                source.jwks = Array(contents)
            } else {
                faults.append("the key set \(jwksPath) cannot be read")
            }
        }
        do {
            let keys = try await TokenKeys(source)
            guard faults.isEmpty else { throw TokenKeyFaults(faults) }
            return keys
        } catch let more as TokenKeyFaults {
            throw TokenKeyFaults(faults + more.sentences.filter { !faults.contains($0) })
        }
    }
}
